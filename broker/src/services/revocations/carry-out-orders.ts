import type { Database } from '../../db/database';
import {
  carryOutStretch,
  endRevocationOrder,
  listOpenOrders,
  type OpenOrder,
} from '../../repositories/revocation-orders';

const AT_ONCE = 200;

/** Hands the tokens of ordered connections on to be revoked, until no order is left but for refreshes that are under way. */
export async function carryOutOrders(database: Database): Promise<void> {
  for (const order of await listOpenOrders(database)) {
    await oneRound(database, order);
    // A round that finds nothing to do is what tells that it is done: while the first went on, refreshes have ended behind it.
    if ((await oneRound(database, order)) === 0) await endRevocationOrder(database, order.id);
  }
}

/** Through all connections of the order. Returns how many were given up, or have to be looked at again. */
async function oneRound(database: Database, order: OpenOrder): Promise<number> {
  let changed = 0;
  for (let after: string | null = null; ;) {
    const stretch = await carryOutStretch(database, order, { after, limit: AT_ONCE });
    changed += stretch.changed;
    if (stretch.looked < AT_ONCE) return changed;
    after = stretch.last;
  }
}
