import type { Tx } from '../db/database';
import { EVENT_ID } from './webhook-claims';
import { HEARS } from './webhook-dispatch';
import type { WebhookReach } from './webhooks';

/** An event on its way to a webhook, as it is shown. */
export interface Delivery {
  id: string;
  /** `webhook-id`, by which the receiver knows it. */
  eventId: string;
  type: string;
  clientId: string | null;
  service: string | null;
  connectionId: string | null;
  status: DeliveryStatus;
  attempts: number;
  /** null: it is tried no more. */
  nextAttemptAt: Date | null;
  lastAttemptAt: Date | null;
  deliveredAt: Date | null;
  httpStatus: number | null;
  /** Why it was not taken; null: it was, or was not tried yet. */
  code: string | null;
  durationMs: number | null;
  /** Of a test alone. */
  answer: string | null;
  /** When what it tells of happened. */
  occurredAt: Date;
}

export type DeliveryStatus = 'waiting' | 'delivered' | 'failed';

const DELIVERIES = `
  select d.id, ${EVENT_ID} as "eventId", e.type, e.client_id as "clientId", e.service, e.connection_id as "connectionId", d.status, d.attempts,
         case when d.status = 'waiting' then d.next_attempt_at end as "nextAttemptAt", d.last_attempt_at as "lastAttemptAt",
         d.delivered_at as "deliveredAt", d.http_status as "httpStatus", d.code, d.duration_ms as "durationMs", d.answer, e.created_at as "occurredAt"
    from webhook_deliveries d join outbox e on e.id = d.event_id`;

/** One of a webhook. */
export interface DeliveryPlace {
  organizationId: string;
  webhookId: string;
  id: string;
  /** What the caller may see: the webhook may have heard more before. */
  within: Pick<WebhookReach, 'clientIds' | 'services'>;
}

/** Parameters 1 and 2: clients and services. Tests are about none. */
const SEEN = `(e.type = 'webhook.test'
  or ($1::text[] is null or e.client_id = any ($1) or e.type = 'provider.incident')
     and ($2::text[] is null or e.service = any ($2) or e.data -> 'services' ?| $2))`;

export async function findDelivery(
  tx: Tx,
  { organizationId, webhookId, id, within }: DeliveryPlace,
): Promise<Delivery | null> {
  const [row] = await tx.query<Delivery>({
    text: `${DELIVERIES} where ${SEEN} and d.organization_id = $3 and d.webhook_id = $4 and d.id = $5`,
    values: [within.clientIds, within.services, organizationId, webhookId, id],
  });
  return row ?? null;
}

/** The newest events first, after the delivery `after`. */
export function listDeliveries(
  tx: Tx,
  { organizationId, webhookId, within }: Omit<DeliveryPlace, 'id'>,
  { limit, after, status }: { limit: number; after: string | null; status: DeliveryStatus | null },
): Promise<Delivery[]> {
  return tx.query<Delivery>({
    text: `${DELIVERIES}
            where ${SEEN} and d.organization_id = $3 and d.webhook_id = $4 and ($5::text is null or d.status = $5)
              and ($6::uuid is null or d.event_id < (select a.event_id from webhook_deliveries a where a.webhook_id = $4 and a.id = $6))
            order by d.event_id desc limit $7`,
    values: [within.clientIds, within.services, organizationId, webhookId, status, after, limit],
  });
}

/** An event for one webhook alone, already dispatched to it; one that still waits is the same test. Returns the delivery's id. */
export async function queueTest(
  tx: Tx,
  { organizationId, webhookId }: Omit<DeliveryPlace, 'id'>,
  { type, data }: { type: string; data: Readonly<Record<string, unknown>> },
): Promise<string> {
  // Of two who ask at once, the second finds what the first has queued.
  await tx.query({
    text: 'select from webhooks where organization_id = $1 and id = $2 for update',
    values: [organizationId, webhookId],
  });
  const [row] = await tx.query<{ id: string }>({
    text: `
      with standing as (
        select id from webhook_deliveries where organization_id = $1 and webhook_id = $2 and is_test and status = 'waiting' limit 1
      ), event as (
        insert into outbox (organization_id, type, data, dispatched_at)
        select $1, $3, $4, otobot_now() where not exists (select from standing) returning id
      ), made as (
        insert into webhook_deliveries (organization_id, webhook_id, event_id, is_test) select $1, $2, id, true from event returning id
      )
      select id from standing union all select id from made`,
    values: [organizationId, webhookId, type, data],
  });
  return (row as { id: string }).id;
}

const ANEW = `status = 'waiting', attempts = 0, next_attempt_at = otobot_now(), queued_at = otobot_now(), delivered_at = null, http_status = null,
  code = null, duration_ms = null`;

/** Sends it once more, whatever became of it. false: it is a test, or there is none. */
export async function replayDelivery(tx: Tx, { organizationId, webhookId, id }: DeliveryPlace): Promise<boolean> {
  const rows = await tx.query({
    text: `update webhook_deliveries set ${ANEW} where organization_id = $1 and webhook_id = $2 and id = $3 and not is_test returning id`,
    values: [organizationId, webhookId, id],
  });
  return rows.length > 0;
}

/** Some of a webhook that is about to go: with all of them at once the statement might take too long. Returns how many. */
export async function deleteDeliveries(
  tx: Tx,
  { organizationId, webhookId }: Omit<DeliveryPlace, 'id' | 'within'>,
  limit: number,
): Promise<number> {
  const rows = await tx.query({
    text: `delete from webhook_deliveries
            where id = any (array(select id from webhook_deliveries where organization_id = $1 and webhook_id = $2 limit $3)) returning 1`,
    values: [organizationId, webhookId, limit],
  });
  return rows.length;
}

/** Which events are sent once more. */
export interface Replay {
  since: Date;
  /** Leaves out what was delivered. */
  onlyUndelivered: boolean;
  types: readonly string[];
  limit: number;
}

/**
 * Sends what the webhook hears once more, from a moment on and the oldest first, also what happened while it was disabled or not there yet.
 * Returns how many, and when the last of them happened.
 */
export async function replayEvents(
  tx: Tx,
  { organizationId, webhookId }: Omit<DeliveryPlace, 'id'>,
  { since, onlyUndelivered, types, limit }: Replay,
): Promise<{ events: number; lastAt: Date | null }> {
  const [row] = await tx.query<{ events: number; lastAt: Date | null }>({
    text: `
      with heard as materialized (
        select e.id, e.created_at from outbox e join webhooks w on w.id = $2 and w.organization_id = $1
          left join webhook_deliveries d on d.event_id = e.id and d.webhook_id = w.id
         where e.organization_id = $1 and e.created_at >= $3 and e.dispatched_at is not null and e.type = any ($4::text[]) and ${HEARS}
           and (not $5 or d.id is null or d.status = 'failed')
         order by e.created_at, e.id limit $6
      ), queued as (
        insert into webhook_deliveries (organization_id, webhook_id, event_id) select $1, $2, id from heard
        on conflict (event_id, webhook_id) do update set ${ANEW}
      )
      select count(*)::int as events, max(created_at) as "lastAt" from heard`,
    values: [organizationId, webhookId, since, types, onlyUndelivered, limit],
  });
  return row as { events: number; lastAt: Date | null };
}
