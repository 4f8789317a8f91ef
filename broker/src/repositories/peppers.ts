import type { Tx } from '../db/database';
import { KEY_COLUMNS, type StoredAccessKey } from './access-keys';

/** Whoever signs rows holds it shared, whoever replaces the pepper alone: no row is signed with a pepper that has gone. */
const PEPPER = `hashtext('otobot.pepper')`;

/** Until the end of the transaction the pepper in force stays the same. */
export async function holdPepper(tx: Tx): Promise<void> {
  await tx.query({ text: `select pg_advisory_xact_lock_shared(${PEPPER})` });
}

/** Waits for those who are signing, and keeps others from it until the end of the transaction. */
export async function lockPepper(tx: Tx): Promise<void> {
  await tx.query({ text: `select pg_advisory_xact_lock(${PEPPER})` });
}

/** Where a pass over all keys stands. */
export interface KeyPosition {
  organizationId: string;
  id: string;
}

/** The next keys under another pepper than this one, locked, an organization after the other. */
export function lockKeysUnderOtherPeppers(
  tx: Tx,
  version: number,
  { after, limit }: { after: KeyPosition | null; limit: number },
): Promise<StoredAccessKey[]> {
  return tx.query<StoredAccessKey>({
    text: `select ${KEY_COLUMNS} from access_keys k
            where k.pepper_version <> $1 and ($2::uuid is null or (k.organization_id, k.id) > ($2, $3::text))
            order by k.organization_id, k.id limit $4 for update`,
    values: [version, after?.organizationId ?? null, after?.id ?? null, limit],
  });
}

/** New MACs for keys that stay what they are. */
export async function replaceMacs(
  tx: Tx,
  keys: readonly Pick<StoredAccessKey, 'id' | 'rowMac' | 'pepperVersion'>[],
): Promise<void> {
  await tx.query({
    text: `update access_keys k set row_mac = n.mac, pepper_version = n.version
             from unnest($1::text[], $2::bytea[], $3::integer[]) as n (id, mac, version) where k.id = n.id`,
    values: [
      keys.map(({ id }) => id),
      keys.map(({ rowMac }) => rowMac),
      keys.map(({ pepperVersion }) => pepperVersion),
    ],
  });
}
