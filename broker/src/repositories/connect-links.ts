import type { Queryable, Tx } from '../db/database';

export interface ConnectLink {
  id: string;
  organizationId: string;
  clientId: string;
  service: string;
  name: string;
  /** Parted by spaces; null: those of the app or the service. */
  scopes: string | null;
  reason: string | null;
  returnUrl: string | null;
  /** Told when it was made; null: who opens it is asked, where the service needs one. */
  tenant: string | null;
  automatic: boolean;
  expiresAt: Date;
  /** By the database's clock. */
  expired: boolean;
  usedAt: Date | null;
  revokedAt: Date | null;
  createdAt: Date;
}

export interface NewConnectLink extends Pick<
  ConnectLink,
  'id' | 'organizationId' | 'clientId' | 'service' | 'name' | 'scopes' | 'reason' | 'returnUrl' | 'tenant' | 'automatic'
> {
  tokenHash: Buffer;
  /** The connection to be renewed, as it stands now. */
  connectionId: string | null;
  generation: number | null;
  expiresInSeconds: number;
  createdBy: string;
}

const COLUMNS = `id, organization_id as "organizationId", client_id as "clientId", service, name, scopes, reason, return_url as "returnUrl", tenant, automatic,
  expires_at as "expiresAt", expires_at <= otobot_now() as expired, used_at as "usedAt", revoked_at as "revokedAt", created_at as "createdAt"`;

/** Whose link this is; as otobot_audit, because the tenant is not known yet. */
export async function locateConnectLink(db: Queryable, tokenHash: Buffer): Promise<string | null> {
  const [row] = await db.query<{ organizationId: string }>({
    name: 'locate-connect-link',
    text: `select organization_id as "organizationId" from connect_links where token_hash = $1`,
    values: [tokenHash],
  });
  return row?.organizationId ?? null;
}

/** `lock`: until the end of the transaction, so that of two who would use it up one waits and then finds it used. */
export async function findConnectLink(
  tx: Tx,
  organizationId: string,
  by: { tokenHash: Buffer } | { id: string },
  { lock }: { lock: boolean },
): Promise<ConnectLink | null> {
  const [column, value] = 'id' in by ? ['id', by.id] : ['token_hash', by.tokenHash];
  const [row] = await tx.query<ConnectLink>({
    text: `select ${COLUMNS} from connect_links where organization_id = $1 and ${column} = $2 ${lock ? 'for update' : ''}`,
    values: [organizationId, value],
  });
  return row ?? null;
}

/** Newest first; `after` is the id of the last one of the previous page. */
export function listConnectLinks(
  tx: Tx,
  organizationId: string,
  {
    limit,
    after,
    onlyClients,
    onlyServices,
  }: {
    limit: number;
    after: string | null;
    onlyClients: readonly string[] | null;
    onlyServices: readonly string[] | null;
  },
): Promise<ConnectLink[]> {
  return tx.query<ConnectLink>({
    text: `select ${COLUMNS} from connect_links
            where organization_id = $1 and ($3::text[] is null or client_id = any ($3)) and ($4::text[] is null or service = any ($4))
              and ($2::uuid is null or (created_at, id) < (select created_at, id from connect_links where organization_id = $1 and id = $2))
            order by created_at desc, id desc limit $5`,
    values: [organizationId, after, onlyClients, onlyServices, limit],
  });
}

export async function insertConnectLink(tx: Tx, link: NewConnectLink): Promise<ConnectLink> {
  const [row] = await tx.query<ConnectLink>({
    text: `insert into connect_links (id, organization_id, client_id, service, name, scopes, reason, return_url, automatic, token_hash,
                                      connection_id, generation, expires_at, created_by, tenant)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, otobot_now() + make_interval(secs => $13), $14, $15) returning ${COLUMNS}`,
    values: [
      ...[
        link.id,
        link.organizationId,
        link.clientId,
        link.service,
        link.name,
        link.scopes,
        link.reason,
        link.returnUrl,
        link.automatic,
      ],
      ...[link.tokenHash, link.connectionId, link.generation, link.expiresInSeconds, link.createdBy, link.tenant],
    ],
  });
  return row as ConnectLink;
}

export interface CredentialName {
  clientId: string;
  service: string;
  name: string;
}

/** One at a time makes a link for this credential; released with the transaction. */
export async function lockAutomaticLink(
  tx: Tx,
  organizationId: string,
  { clientId, service, name }: CredentialName,
): Promise<void> {
  await tx.query({
    text: `select pg_advisory_xact_lock(hashtext('otobot.connect-link'), hashtext($1))`,
    values: [[organizationId, clientId, service, name].join('\n')],
  });
}

/** The link that was made for this credential as it stands, with at least a day left, and as much as asked for; null when a new one is needed. */
export async function findAutomaticLink(
  tx: Tx,
  organizationId: string,
  {
    clientId,
    service,
    name,
    connectionId,
    generation,
    atLeastSeconds,
  }: CredentialName & { connectionId: string | null; generation: number | null; atLeastSeconds: number },
): Promise<(ConnectLink & { tokenHash: Buffer }) | null> {
  const [row] = await tx.query<ConnectLink & { tokenHash: Buffer }>({
    text: `select ${COLUMNS}, token_hash as "tokenHash" from connect_links
            where automatic and organization_id = $1 and client_id = $2 and service = $3 and name = $4
              and connection_id is not distinct from $5 and generation is not distinct from $6
              and used_at is null and revoked_at is null and expires_at > otobot_now() + greatest(interval '1 day', make_interval(secs => $7))
            order by created_at desc limit 1`,
    values: [organizationId, clientId, service, name, connectionId, generation, atLeastSeconds],
  });
  return row ?? null;
}

/** Keeps the moment of an earlier revocation. */
export async function revokeConnectLink(tx: Tx, organizationId: string, id: string): Promise<void> {
  await tx.query({
    text: 'update connect_links set revoked_at = coalesce(revoked_at, otobot_now()) where organization_id = $1 and id = $2',
    values: [organizationId, id],
  });
}

export async function useUpConnectLink(
  tx: Tx,
  organizationId: string,
  id: string,
  connectionId: string,
): Promise<void> {
  await tx.query({
    text: 'update connect_links set used_at = otobot_now(), connection_id = $3 where organization_id = $1 and id = $2',
    values: [organizationId, id, connectionId],
  });
}
