import type { Tx } from '../db/database';
import { insertTokenSet, type ImportedTokenSet } from './connection-imports';

export async function replaceHeldSet(tx: Tx, set: ImportedTokenSet): Promise<void> {
  await deleteHeldSet(tx, set.organizationId, set.connectionId);
  await insertTokenSet(tx, 'held', set);
}

/** Locked until the end of the transaction. */
export async function findHeldSet(
  tx: Tx,
  organizationId: string,
  connectionId: string,
): Promise<ImportedTokenSet | null> {
  const [row] = await tx.query<ImportedTokenSet>({
    text: `select organization_id as "organizationId", connection_id as "connectionId", generation, access_sealed as "accessSealed",
                  access_key_version as "accessKeyVersion", refresh_sealed as "refreshSealed", refresh_key_version as "refreshKeyVersion",
                  token_type as "tokenType", scopes, expires_at as "expiresAt", lifetime_seconds as "lifetimeSeconds", base_url as "baseUrl",
                  refresh_expires_at as "refreshExpiresAt", idle_expires_at as "idleExpiresAt",
                  absolute_expires_at as "absoluteExpiresAt", account_id as "accountId", account_label as "accountLabel", tenant
             from token_sets where organization_id = $1 and connection_id = $2 and kind = 'held' for update`,
    values: [organizationId, connectionId],
  });
  return row ?? null;
}

export async function deleteHeldSet(tx: Tx, organizationId: string, connectionId: string): Promise<boolean> {
  const rows = await tx.query({
    text: `delete from token_sets where organization_id = $1 and connection_id = $2 and kind = 'held' returning id`,
    values: [organizationId, connectionId],
  });
  return rows.length > 0;
}
