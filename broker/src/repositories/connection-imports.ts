import type { Tx } from '../db/database';
import type { ConsentEnds } from '../types/consent-ends';
import type { ConnectionKind, ConnectionName } from '../types/credential';

/** The connection of a name that an import meets. */
export interface ExistingConnection {
  id: string;
  generation: number;
  tenant: string | null;
  /** A refresh was sent for it at some time, of which an answer may still come. */
  wasAttempted: boolean;
  /** Its refreshes failed, or the client had to connect it again. */
  wasFailing: boolean;
  /** Fingerprint of the grant that an import of many last brought; null: none did. */
  importedGrant: string | null;
}

/** Locked until the end of the transaction: a refresh that finishes meanwhile waits, and then finds another generation. */
export async function findConnectionForImport(
  tx: Tx,
  { organizationId, clientId, service, name }: ConnectionName,
): Promise<ExistingConnection | null> {
  const [row] = await tx.query<ExistingConnection>({
    text: `select id, generation, tenant, last_attempt_at is not null as "wasAttempted",
                  status in ('backoff', 'uncertain', 'reauth_required') as "wasFailing",
                  imported_grant as "importedGrant"
             from connections
            where organization_id = $1 and client_id is not distinct from $2 and service = $3 and name = $4 for update`,
    values: [organizationId, clientId, service, name],
  });
  return row ?? null;
}

/** So that the same grant is known when it is imported again. */
export async function rememberGrant(tx: Tx, organizationId: string, id: string, grant: string | null): Promise<void> {
  await tx.query({
    text: 'update connections set imported_grant = $3 where organization_id = $1 and id = $2',
    values: [organizationId, id, grant],
  });
}

export interface ImportedConnection extends ConnectionName, ConsentEnds {
  id: string;
  kind: ConnectionKind;
  appId: string | null;
  generation: number;
  nextRefreshAt: Date | null;
  /** The end of a token that nothing renews; null: something does, or it has none. */
  tokenEndsAt: Date | null;
  /** null: as it was. */
  metadata: Readonly<Record<string, unknown>> | null;
  /** Who stands behind it; null: not known. */
  accountId: string | null;
  accountLabel: string | null;
  tenant: string | null;
}

/** Violates a unique constraint when another import made the name at the same moment. */
export async function insertConnection(tx: Tx, connection: ImportedConnection): Promise<void> {
  const { id, organizationId, clientId, service, name, kind, appId, generation, nextRefreshAt, metadata } = connection;
  const { accountId, accountLabel, tenant, refreshExpiresAt, idleExpiresAt, absoluteExpiresAt } = connection;
  const { tokenEndsAt } = connection;
  await tx.query({
    text: `insert into connections (id, organization_id, client_id, service, name, kind, app_id, generation, next_refresh_at, metadata,
                                    account_id, account_label, refresh_expires_at, idle_expires_at, absolute_expires_at, tenant,
                                    token_ends_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
    values: [
      ...[id, organizationId, clientId, service, name, kind, appId, generation, nextRefreshAt, metadata ?? {}],
      ...[accountId, accountLabel, refreshExpiresAt, idleExpiresAt, absoluteExpiresAt, tenant, tokenEndsAt],
    ],
  });
}

/** A new beginning for a connection that keeps its id: nothing that was known of its old tokens holds. A disabled one stays so. */
export async function replaceConnection(tx: Tx, connection: ImportedConnection): Promise<void> {
  const { id, organizationId, kind, appId, generation, nextRefreshAt, metadata } = connection;
  const { accountId, accountLabel, tenant, refreshExpiresAt, idleExpiresAt, absoluteExpiresAt } = connection;
  const { tokenEndsAt } = connection;
  await tx.query({
    text: `update connections
              set kind = $3, app_id = $4, generation = $5, next_refresh_at = $6, metadata = coalesce($7, metadata),
                  status = case when status = 'disabled' then status else 'active' end, status_reason = null,
                  wanted_at = null, attempt_id = null, lease_until = null, failure_count = 0, failing_since = null, uncertain_since = null,
                  not_before_at = null, last_error_code = null, permanent_code = null, rejected_at = null, rejected_count = 0,
                  account_id = $8, account_label = $9, refresh_expires_at = $10, idle_expires_at = $11, absolute_expires_at = $12, tenant = $13,
                  token_ends_at = $14
            where organization_id = $1 and id = $2`,
    values: [
      organizationId,
      id,
      kind,
      appId,
      generation,
      nextRefreshAt,
      metadata,
      accountId,
      accountLabel,
      refreshExpiresAt,
      idleExpiresAt,
      absoluteExpiresAt,
      tenant,
      tokenEndsAt,
    ],
  });
  await tx.query({
    text: `delete from token_sets where organization_id = $1 and connection_id = $2 and kind in ('previous', 'late', 'held')`,
    values: [organizationId, id],
  });
  await tx.query({
    text: `update token_sets set kind = 'previous', superseded_at = otobot_now() where organization_id = $1 and connection_id = $2 and kind = 'current'`,
    values: [organizationId, id],
  });
}

export interface ImportedTokenSet extends ConsentEnds {
  organizationId: string;
  connectionId: string;
  generation: number;
  accessSealed: Buffer | null;
  accessKeyVersion: number | null;
  refreshSealed: Buffer | null;
  refreshKeyVersion: number | null;
  tokenType: string | null;
  scopes: readonly string[] | null;
  expiresAt: Date | null;
  lifetimeSeconds: number | null;
  baseUrl: string | null;
  accountId: string | null;
  accountLabel: string | null;
  /** Of a held set; the current one has the connection's. */
  tenant: string | null;
}

/** `held`: kept beside the current set until somebody decides. */
export async function insertTokenSet(tx: Tx, kind: 'current' | 'held', set: ImportedTokenSet): Promise<void> {
  await tx.query({
    text: `insert into token_sets (organization_id, connection_id, generation, kind, access_sealed, access_key_version, refresh_sealed,
                                   refresh_key_version, token_type, scopes, expires_at, lifetime_seconds, base_url, account_id, account_label,
                                   refresh_expires_at, idle_expires_at, absolute_expires_at, tenant)
           values ($1, $2, $3, $15, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $16, $17, $18, $19)`,
    values: [
      set.organizationId,
      set.connectionId,
      set.generation,
      set.accessSealed,
      set.accessKeyVersion,
      set.refreshSealed,
      set.refreshKeyVersion,
      set.tokenType,
      set.scopes,
      set.expiresAt,
      set.lifetimeSeconds,
      set.baseUrl,
      set.accountId,
      set.accountLabel,
      kind,
      set.refreshExpiresAt,
      set.idleExpiresAt,
      set.absoluteExpiresAt,
      kind === 'held' ? set.tenant : null,
    ],
  });
}
