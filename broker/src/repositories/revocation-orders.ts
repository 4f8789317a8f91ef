import type { Queryable, Tx } from '../db/database';
import { CONSENT_SHARED, HAS_TOKENS, LIVE_KINDS, OF_A_CONSENT } from './revocations';

/** How far an order has come. */
export interface RevocationOrder {
  orderedAt: Date;
  /** null: a worker is at it. */
  endedAt: Date | null;
  /** That have lost their tokens by it so far. */
  connections: number;
  /** Tokens of them: the provider has taken them back, or never will, or is yet to be asked. */
  revoked: number;
  notRevoked: number;
  waiting: number;
}

const COLUMNS = `ordered_at as "orderedAt", ended_at as "endedAt", connections, revoked, not_revoked as "notRevoked",
  queued - revoked - not_revoked as waiting`;

/** All consents of a client. An order that is under way stands for a second one. */
export async function orderRevocationsOfClient(
  tx: Tx,
  { organizationId, clientId, orderedBy }: { organizationId: string; clientId: string; orderedBy: string },
): Promise<void> {
  await tx.query({
    text: `insert into revocation_orders (organization_id, client_id, ordered_by) values ($1, $2, $3) on conflict do nothing`,
    values: [organizationId, clientId, orderedBy],
  });
}

/** What has been handed on is revoked all the same. */
export async function endOrdersOfClient(tx: Tx, organizationId: string, clientId: string): Promise<void> {
  await tx.query({
    text: `update revocation_orders set ended_at = otobot_now() where organization_id = $1 and client_id = $2 and ended_at is null`,
    values: [organizationId, clientId],
  });
}

/** All consents for a service, in each organization that sees it: of the shared catalogue only for the operator's organization. */
export async function orderRevocationsOfService(tx: Tx, serviceId: string, orderedBy: string): Promise<void> {
  await tx.query({ text: 'select otobot_order_revocations($1, $2)', values: [serviceId, orderedBy] });
}

/** The same, for putting an end to them. */
export async function endOrdersOfService(tx: Tx, serviceId: string): Promise<void> {
  await tx.query({ text: 'select otobot_end_revocation_orders($1)', values: [serviceId] });
}

/** The latest order for each of these services, or clients. */
export async function latestRevocationOrders(
  tx: Tx,
  organizationId: string,
  of: { services: readonly string[] } | { clientIds: readonly string[] },
): Promise<Map<string, RevocationOrder>> {
  const [column, values] = 'services' in of ? ['service', of.services] : ['client_id', of.clientIds];
  const rows = await tx.query<RevocationOrder & { of: string }>({
    text: `select distinct on (${column}) ${column} as of, ${COLUMNS} from revocation_orders
            where organization_id = $1 and ${column} = any ($2) order by ${column}, ordered_at desc`,
    values: [organizationId, values],
  });
  return new Map(rows.map(({ of: name, ...order }) => [name, order]));
}

/** Whether tokens of this client and service are being given up at this moment: what came in now would go with them. */
export async function isBeingRevoked(
  tx: Tx,
  { organizationId, clientId, service }: { organizationId: string; clientId: string | null; service: string },
): Promise<boolean> {
  const rows = await tx.query({
    text: `select from revocation_orders where organization_id = $1 and ended_at is null and (service = $2 or client_id = $3)`,
    values: [organizationId, service, clientId],
  });
  return rows.length > 0;
}

export interface OpenOrder {
  id: string;
  of: 'service' | 'client_id';
}

export function listOpenOrders(db: Queryable): Promise<OpenOrder[]> {
  return db.query<OpenOrder>({
    text: `select id, case when service is null then 'client_id' else 'service' end as of from revocation_orders
            where ended_at is null order by ordered_at`,
  });
}

export interface StretchOfOrder {
  /** Connections that were looked at. */
  looked: number;
  /** Of them, those that were given up, or that were in the middle of a refresh and have to be looked at again. */
  changed: number;
  /** The last one; null: there were none. */
  last: string | null;
}

/**
 * Gives up the next connections of an order, by id, in one short statement: their tokens move to `revocations`, where nobody outside the order
 * may live on the same consent, and what is left of them waits for a new consent. One whose refresh is under way is left for the next round:
 * its answer may bring other tokens. Without a revocation URL, or an app to ask with, tokens stay: there is nothing to be gained.
 */
export async function carryOutStretch(
  db: Queryable,
  { id, of }: OpenOrder,
  { after, limit }: { after: string | null; limit: number },
): Promise<StretchOfOrder> {
  const [row] = await db.query<StretchOfOrder>({
    text: STRETCH[of],
    values: [id, after, limit],
  });
  return row as StretchOfOrder;
}

const stretch = (column: OpenOrder['of']): string => `
  with stretch as materialized (
    select c.*, c.lease_until > otobot_now() is true as in_flight
      from revocation_orders o join connections c on c.organization_id = o.organization_id and c.${column} = o.${column}
     where o.id = $1 and o.ended_at is null and ${OF_A_CONSENT} and ($2::uuid is null or c.id > $2)
     order by c.id limit $3 for update of c
  ), doomed as materialized (
    select t.id, t.kind, c.organization_id, c.client_id, c.service, c.name, c.id as connection_id, t.generation,
           case when t.kind = 'held' then t.account_id else c.account_id end as account_id,
           case when t.kind = 'held' then t.tenant else c.tenant end as tenant,
           t.access_sealed, t.access_key_version, t.refresh_sealed, t.refresh_key_version, a.id as app_id, a.client_id as app_client_id,
           a.oauth_client_id, a.client_secrets_sealed, a.client_secrets_key_version, a.secret_position, $1::uuid as order_id
      from stretch c
      join token_sets t on t.connection_id = c.id and t.kind = any ('{${LIVE_KINDS.join(',')}}') and ${HAS_TOKENS}
      join apps a on a.id = c.app_id
      join lateral otobot_service(c.organization_id, c.service) s on s.oauth_revocation_url is not null
     where not c.in_flight
  ), handed_on as (
    insert into revocations (id, organization_id, client_id, service, name, connection_id, generation, account_id, tenant, access_sealed,
                             access_key_version, refresh_sealed, refresh_key_version, app_id, app_client_id, oauth_client_id,
                             client_secrets_sealed, client_secrets_key_version, secret_position, order_id)
    select id, organization_id, client_id, service, name, connection_id, generation, account_id, tenant, access_sealed,
           access_key_version, refresh_sealed, refresh_key_version, app_id, app_client_id, oauth_client_id,
           client_secrets_sealed, client_secrets_key_version, secret_position, order_id
      from doomed r where not ${CONSENT_SHARED}
    returning id, connection_id
  ), gone as (
    delete from token_sets t using handed_on h
     where t.connection_id = h.connection_id and (t.id = h.id or t.kind = 'previous')
    returning t.connection_id, t.kind
  ), ended as (
    update connections set status = 'reauth_required', status_reason = 'revoked', next_refresh_at = null, wanted_at = null, attempt_id = null
     where id in (select connection_id from gone where kind = 'current')
  ), counted as (
    update revocation_orders set queued = queued + (select count(*) from handed_on),
           connections = connections + (select count(distinct connection_id) from gone where kind = 'current')
     where id = $1
  )
  select (select count(*) from stretch) as looked, (select id from stretch order by id desc limit 1) as last,
         (select count(*) from handed_on) + (select count(*) from stretch where in_flight) as changed`;

const STRETCH = { service: stretch('service'), client_id: stretch('client_id') };

/** Nothing was left to hand on. */
export async function endRevocationOrder(db: Queryable, id: string): Promise<void> {
  await db.query({
    text: 'update revocation_orders set ended_at = otobot_now() where id = $1 and ended_at is null',
    values: [id],
  });
}
