import type { Tx } from '../db/database';
import type { ConsentEnds } from '../types/consent-ends';
import type { ConnectionKind, ConnectionName, ShownStatus } from '../types/credential';

/** A connection as it is shown, without anything sealed. */
export interface Connection extends ConsentEnds {
  id: string;
  clientId: string | null;
  service: string;
  name: string;
  kind: ConnectionKind;
  status: ShownStatus;
  statusReason: string | null;
  version: number;
  generation: number;
  /** Something refreshes it by itself. */
  renewable: boolean;
  expiresAt: Date | null;
  scopes: string[] | null;
  nextRefreshAt: Date | null;
  lastRefreshedAt: Date | null;
  lastAttemptAt: Date | null;
  failureCount: number;
  lastErrorCode: string | null;
  /** When the client has to consent again; an end that refreshes move counts while they fail. */
  consentEndsAt: Date | null;
  accountId: string | null;
  accountLabel: string | null;
  /** What is its own in the URLs of the service; null: nothing. */
  tenant: string | null;
  /** Another account that the client signed in with, waiting for an operator; null: none. */
  heldAccount: string | null;
  metadata: Readonly<Record<string, unknown>>;
  createdAt: Date;
  updatedAt: Date;
}

// Of an account that nobody names, the tenant says which it is.
const HELD_ACCOUNT = `case v.held_account when '' then coalesce(
    (select h.tenant from token_sets h where h.connection_id = v.id and h.kind = 'held'), '') else v.held_account end`;

const COLUMNS = `v.id, v.client_id as "clientId", v.service, v.name, v.kind, v.status, v.status_reason as "statusReason", v.version, v.generation,
  v.renewable, v.expires_at as "expiresAt", v.scopes, v.next_refresh_at as "nextRefreshAt", v.last_refreshed_at as "lastRefreshedAt",
  v.last_attempt_at as "lastAttemptAt", v.failure_count as "failureCount", v.last_error_code as "lastErrorCode",
  v.refresh_expires_at as "refreshExpiresAt", v.idle_expires_at as "idleExpiresAt", v.absolute_expires_at as "absoluteExpiresAt",
  c.consent_ends_at as "consentEndsAt",
  v.account_id as "accountId", v.account_label as "accountLabel", c.tenant, ${HELD_ACCOUNT} as "heldAccount", v.metadata, v.created_at as "createdAt", v.updated_at as "updatedAt"`;

export interface ConnectionFilter {
  /** null: the organization's own; undefined: whoever's. */
  clientId?: string | null | undefined;
  service?: string | undefined;
  name?: string | undefined;
  status?: ShownStatus | undefined;
  /** Tokens that end within so many seconds and that nothing will renew. */
  expiresWithinSeconds?: number | undefined;
  /** Consents that end within so many seconds, or have ended. */
  consentEndsWithinSeconds?: number | undefined;
  /** The limits of the caller's key; null: none. */
  onlyClients: readonly string[] | null;
  onlyServices: readonly string[] | null;
}

// The view shows what is derived.
const CONNECTIONS = 'connections c join connection_status v on v.id = c.id';
// One connection at a time (`offset 0` keeps PostgreSQL from joining all of them first), so that a page ends when it is full.
const ONE_BY_ONE = 'connections c cross join lateral (select * from connection_status s where s.id = c.id offset 0) v';
/** Shown only where they are stored, which is seldom: found by that first. */
const SELDOM: ReadonlySet<ShownStatus> = new Set(['disabled', 'reauth_required', 'uncertain', 'backoff'] as const);

// Of a client there are few, of a service there may be as many as there are clients. Without statistics PostgreSQL takes these for alike,
// so where there is a client the service is written such that no index is chosen for it.
const FILTER = (hasClient: boolean): string => `
      ($2::text is null or c.client_id = $2) and (not $3::boolean or c.client_id is null)
  and ($4::text is null or ${hasClient ? `(c.service || '')` : 'c.service'} = $4) and ($5::text is null or v.status = $5)
  and ($6::int is null or (v.expires_at <= otobot_now() + make_interval(secs => $6)
                           and not (v.renewable and c.token_ends_at is null and v.status not in ('reauth_required', 'disabled', 'client_suspended'))))
  and ($12::text is null or c.name = $12)
  and ($8::text[] is null or c.client_id = any ($8)) and ($9::text[] is null or c.service = any ($9))`;

/** By id, which is unique and never changes. */
export function listConnections(
  tx: Tx,
  organizationId: string,
  { limit, after, filter }: { limit: number; after: string | null; filter: ConnectionFilter },
): Promise<Connection[]> {
  const { clientId, service, name, status, expiresWithinSeconds, consentEndsWithinSeconds, onlyClients, onlyServices } =
    filter;
  const isSeldom = status !== undefined && SELDOM.has(status);
  // What the view alone knows may be true of few: then it is joined as a whole.
  const isDerived = expiresWithinSeconds !== undefined || (status !== undefined && status !== 'active' && !isSeldom);
  // Apart, so that they are found by their index and the rest looks at these alone.
  const consentEnds =
    consentEndsWithinSeconds === undefined
      ? '$7::int is null'
      : `c.id = any (array(select e.id from connections e where e.organization_id = $1
                              and e.consent_ends_at <= otobot_now() + make_interval(secs => $7::int)))`;
  return tx.query<Connection>({
    text: `select ${COLUMNS} from ${isDerived ? CONNECTIONS : ONE_BY_ONE}
            where c.organization_id = $1 and ${FILTER(clientId !== undefined)} and ${consentEnds} ${isSeldom ? 'and c.status = $5' : ''} and ($10::uuid is null or c.id > $10) order by c.id limit $11`,
    values: [
      organizationId,
      clientId ?? null,
      clientId === null,
      service ?? null,
      status ?? null,
      expiresWithinSeconds ?? null,
      consentEndsWithinSeconds ?? null,
      onlyClients,
      onlyServices,
      after,
      limit,
      name ?? null,
    ],
  });
}

export async function findConnection(tx: Tx, organizationId: string, id: string): Promise<Connection | null> {
  const [row] = await tx.query<Connection>({
    text: `select ${COLUMNS} from ${CONNECTIONS} where c.organization_id = $1 and c.id = $2`,
    values: [organizationId, id],
  });
  return row ?? null;
}

/** What a client's account is renewed into, by the name that callers use. */
export interface ConnectionByName {
  id: string;
  generation: number;
  accountId: string | null;
  accountLabel: string | null;
  tenant: string | null;
}

export async function findConnectionByName(
  tx: Tx,
  { organizationId, clientId, service, name }: ConnectionName,
): Promise<ConnectionByName | null> {
  const [row] = await tx.query<ConnectionByName>({
    text: `select id, generation, account_id as "accountId", account_label as "accountLabel", tenant from connections
            where organization_id = $1 and client_id = $2 and service = $3 and name = $4`,
    values: [organizationId, clientId, service, name],
  });
  return row ?? null;
}

/** Nothing is served or refreshed any more; what is in flight is still recorded. */
export async function disableConnection(tx: Tx, organizationId: string, id: string): Promise<void> {
  await tx.query({
    text: `update connections set status = 'disabled', status_reason = null where organization_id = $1 and id = $2 and status <> 'disabled'`,
    values: [organizationId, id],
  });
}

/** Back into service. Where no refresh is planned or in flight, one is due now: it tells what the connection is worth. */
export async function enableConnection(tx: Tx, organizationId: string, id: string): Promise<void> {
  await tx.query({
    text: `update connections
              set status = 'active', status_reason = null, failure_count = 0, failing_since = null, permanent_code = null,
                  next_refresh_at = case when lease_until > otobot_now() or kind in ('api_key', 'basic') then next_refresh_at
                                         else coalesce(next_refresh_at, otobot_now()) end
            where organization_id = $1 and id = $2 and status = 'disabled'`,
    values: [organizationId, id],
  });
}

/** With its tokens and links. False: there was none. */
export async function deleteConnection(tx: Tx, organizationId: string, id: string): Promise<boolean> {
  const rows = await tx.query({
    text: 'delete from connections where organization_id = $1 and id = $2 returning id',
    values: [organizationId, id],
  });
  return rows.length > 0;
}
