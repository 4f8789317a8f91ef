import type { Queryable, Tx } from '../db/database';
import type { DataKeyRow, Purpose, WrappedDataKeyRow } from '../types/data-key';

/** All data keys that exist; a destroyed one has nothing left to list. */
export function listDataKeys(db: Queryable): Promise<DataKeyRow[]> {
  return db.query<DataKeyRow>({
    text: `select version, purpose, status, wrapped_key as "wrappedKey", wrapped_by as "wrappedBy"
             from encryption_keys where status <> 'destroyed' order by version`,
  });
}

/** One process at a time makes keys; released with the transaction. */
export async function lockDataKeys(tx: Tx): Promise<void> {
  await tx.query({ text: `select pg_advisory_xact_lock(hashtext('otobot.encryption_keys'))` });
}

/** The version comes first, because a wrapped key is bound to it. */
export async function nextDataKeyVersion(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ version: number }>({
    text: `select nextval('encryption_key_versions')::integer as version`,
  });
  return (row as { version: number }).version;
}

export async function insertPrimaryDataKey(
  tx: Tx,
  { version, purpose, wrappedKey, wrappedBy }: WrappedDataKeyRow,
): Promise<void> {
  await tx.query({
    text: `insert into encryption_keys (version, purpose, status, wrapped_key, wrapped_by, promoted_at)
           values ($1, $2, 'primary', $3, $4, otobot_now())`,
    values: [version, purpose, wrappedKey, wrappedBy],
  });
}

/** What sealed or signed before goes on being opened; what comes next takes over from now on. */
export async function replacePrimaryDataKey(tx: Tx, next: WrappedDataKeyRow): Promise<void> {
  await tx.query({
    text: `update encryption_keys set status = 'decrypt_only', retired_at = otobot_now() where purpose = $1 and status = 'primary'`,
    values: [next.purpose],
  });
  await insertPrimaryDataKey(tx, next);
}

/** Nothing can be opened with it any more, not even from a backup of the master key. The row stays, without the key. */
export async function destroyRetiredDataKeys(tx: Tx, purpose: Purpose): Promise<void> {
  await tx.query({
    text: `update encryption_keys set status = 'destroyed', wrapped_key = null, destroyed_at = otobot_now()
            where purpose = $1 and status = 'decrypt_only'`,
    values: [purpose],
  });
}
