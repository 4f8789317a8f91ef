import type { Database } from '../../db/database';
import { deleteOldEvents, giveUpWaiting } from '../../repositories/webhook-retention';

const AT_ONCE = 5_000;
/** Then others have their turn. */
const ROUNDS = 20;

/** What nobody will ever take, and what is long past. A stretch at a time: no transaction is long. */
export async function clearAwayEvents(database: Database): Promise<void> {
  await stretchByStretch(() => giveUpWaiting(database, AT_ONCE));
  await stretchByStretch(() => deleteOldEvents(database, AT_ONCE));
}

async function stretchByStretch(stretch: () => Promise<number>): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) if ((await stretch()) < AT_ONCE) return;
}
