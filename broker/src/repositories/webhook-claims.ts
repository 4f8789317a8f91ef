import type { Queryable } from '../db/database';
import { HEARS } from './webhook-dispatch';
import { KEY_LIVES, SECRET_COLUMNS, type DisabledReason, type SecretColumns } from './webhooks';

/** A delivery about to be sent, with its event and all that signing takes, as of the moment of the claim. */
export interface ClaimedDelivery extends SecretColumns {
  id: string;
  organizationId: string;
  webhookId: string;
  url: string;
  isTest: boolean;
  /** With this one. */
  attempts: number;
  /** It has been tried for three days, or is a test: there is no other after this. */
  isLast: boolean;
  /** Its webhook may still hear it, and both are of its organization, whatever somebody wrote by SQL. */
  hears: boolean;
  /** The key of the webhook may make links. */
  makesLinks: boolean;
  /** The services that the webhook may hear of; null: all. */
  onlyServices: string[] | null;
  /** `evt_…`: the same whenever, and to whomever, it is sent. */
  eventId: string;
  type: string;
  clientId: string | null;
  service: string | null;
  connectionId: string | null;
  /** null: it is gone, or the event is about none. */
  name: string | null;
  data: Readonly<Record<string, unknown>>;
  createdAt: Date;
}

/** What one process has under way, so that it takes no more than its share. */
export interface UnderWay {
  webhooks: ReadonlyMap<string, number>;
  organizations: ReadonlyMap<string, number>;
}

export interface ClaimLimits {
  /** At once, of one webhook, of one organization and in all. */
  perWebhook: number;
  perOrganization: number;
  inAll: number;
}

/** From so many failures in a row on a webhook gets probes alone. */
export const CIRCUIT_OPENS_AT = 5;
/** Longer than sending takes: a claim that was not answered for by then is somebody else's. */
const LEASE = `interval '30 seconds'`;
/** How long a delivery is tried. */
export const TRIED_FOR = `interval '72 hours'`;
const PROBE_PAUSE = (failures: string): string =>
  `least(interval '10 minutes', interval '30 seconds' * power(2, least(${failures} - ${CIRCUIT_OPENS_AT}, 10)))`;

/**
 * What names an event outside: made of the row, never stored. The number alone would tell a receiver how many events there are, and after a
 * restored backup the same number is given to another event.
 */
export const EVENT_ID = `'evt_' || substr(encode(sha256(convert_to(concat_ws(' ', 'otobot/event/v1', e.organization_id, e.id, extract(epoch from e.created_at)), 'UTF8')), 'hex'), 1, 32)`;

/**
 * Claims what is due, webhook by webhook, so that one for which a hundred thousand wait takes nothing from the others. A webhook that failed
 * often gets one at a time, when its next probe is due. While refreshing is paused nothing is claimed: this may be a copy, and what it tells
 * would reach those who listen to its original.
 */
export async function claimDeliveries(
  db: Queryable,
  underWay: UnderWay,
  { perWebhook, perOrganization, inAll }: ClaimLimits,
): Promise<ClaimedDelivery[]> {
  const { webhooks, organizations } = underWay;
  return db.query<ClaimedDelivery>({
    name: 'claim-deliveries',
    text: CLAIM,
    values: [
      ...[[...webhooks.keys()], [...webhooks.values()], [...organizations.keys()], [...organizations.values()]],
      ...[perWebhook, perOrganization, inAll],
    ],
  });
}

const CLAIM = `
  with due as materialized (
    select d.id, d.webhook_id, w.organization_id, w.failures >= ${CIRCUIT_OPENS_AT} as is_probe,
           row_number() over (partition by w.id order by d.next_attempt_at) as turn,
           row_number() over (partition by w.organization_id order by d.next_attempt_at) as of_organization
      from webhooks w
      join organizations o on o.id = w.organization_id and o.suspended_at is null
     cross join lateral (select coalesce((select n from unnest($1::uuid[], $2::int[]) busy (id, n) where busy.id = w.id), 0) as n) busy
     cross join lateral (
       select id, webhook_id, next_attempt_at from webhook_deliveries
        where webhook_id = w.id and status = 'waiting' and not is_test and next_attempt_at <= otobot_now()
        order by next_attempt_at
        limit case when w.failures < ${CIRCUIT_OPENS_AT} then greatest($5::int - busy.n, 0)
                   when w.probe_at <= otobot_now() then 1 else 0 end
        for update skip locked) d
     where w.disabled_at is null and (w.key_id is null or exists (select from access_keys k where k.id = w.key_id and ${KEY_LIVES}))
       and (select refreshing_paused_at from installation) is null
  ), chosen as (
    select id, webhook_id, is_probe from due
     where of_organization <= $6::int - coalesce((select n from unnest($3::uuid[], $4::int[]) busy (id, n) where busy.id = due.organization_id), 0)
     order by turn limit $7
  ), probed as (
    -- Of two workers that would probe, the second finds it moved on.
    update webhooks w set probe_at = otobot_now() + ${PROBE_PAUSE('w.failures')}
     where id = any (array(select webhook_id from chosen where is_probe)) and probe_at <= otobot_now()
    returning id
  ), tests as (
    -- Somebody waits for each of these: whatever else is wrong with their webhook.
    select id from webhook_deliveries d where is_test and status = 'waiting' and next_attempt_at <= otobot_now() and $7 > 0
       and (select refreshing_paused_at from installation) is null
       and not exists (select from unnest($3::uuid[], $4::int[]) busy (id, n) where busy.id = d.organization_id and busy.n >= $6)
     order by next_attempt_at limit 10 for update skip locked
  ), claimed as (
    update webhook_deliveries set attempts = attempts + 1, last_attempt_at = otobot_now(), next_attempt_at = otobot_now() + ${LEASE}
     where id = any (array(select id from chosen where not is_probe or webhook_id in (select id from probed) union all select id from tests))
    returning *
  )
  select d.id, d.organization_id as "organizationId", d.webhook_id as "webhookId", w.url, d.is_test as "isTest", d.attempts,
         d.is_test or d.queued_at < otobot_now() - ${TRIED_FOR} as "isLast", e.organization_id = d.organization_id and w.organization_id = d.organization_id
           and case when d.is_test then e.type = 'webhook.test' else ${HEARS} end as hears,
         w.key_id is null or exists (select from access_keys k where k.id = w.key_id and 'connect:write' = any (k.scopes)) as "makesLinks",
         case when w.service is not null then array[w.service] else (select k.services from access_keys k where k.id = w.key_id) end as "onlyServices",
         ${EVENT_ID} as "eventId", e.type, e.client_id as "clientId", e.service, e.connection_id as "connectionId",
         c.name, e.data, e.created_at as "createdAt", ${SECRET_COLUMNS}
    from claimed d join webhooks w on w.id = d.webhook_id join outbox e on e.id = d.event_id
    left join connections c on c.id = e.connection_id and c.organization_id = e.organization_id`;

/** How an attempt ended. */
export interface DeliveryEnd {
  id: string;
  webhookId: string;
  /** Of the claim: what another one has taken over meanwhile is left to it. */
  attempts: number;
  httpStatus: number | null;
  code: string | null;
  durationMs: number;
  /** Kept of tests alone. */
  answer: string | null;
}

/** It was taken: also where another worker had claimed it meanwhile. The webhook is well again. */
export async function recordDelivered(db: Queryable, end: DeliveryEnd): Promise<void> {
  await db.query({
    name: 'record-delivered',
    text: `
      with ended as (
        update webhook_deliveries set status = 'delivered', delivered_at = otobot_now(), http_status = $2, code = null, duration_ms = $3, answer = $4
         where id = $1 and status <> 'delivered'
      )
      -- Not with each one: who hears a thousand events a second would wait for this row.
      update webhooks set failures = 0, failing_since = null, probe_at = null, last_delivered_at = otobot_now()
       where id = $5 and (failures > 0 or last_delivered_at is null or last_delivered_at < otobot_now() - interval '10 seconds')`,
    values: [end.id, end.httpStatus, end.durationMs, end.answer, end.webhookId],
  });
}

/** `nextInSeconds` null: it is tried no more. Returns why the webhook is disabled from now on; null: it is not, or was before. */
export async function recordFailed(
  db: Queryable,
  end: DeliveryEnd & { nextInSeconds: number | null; disable: DisabledReason | null },
): Promise<DisabledReason | null> {
  const [row] = await db.query<{ reason: DisabledReason | null }>({
    name: 'record-failed',
    text: `
      with ended as (
        update webhook_deliveries
           set status = case when $6::float8 is null then 'failed' else status end, http_status = $2, code = $7, duration_ms = $3, answer = $4,
               next_attempt_at = otobot_now() + make_interval(secs => coalesce($6, 0))
         where id = $1 and status = 'waiting' and attempts = $8
      )
      update webhooks w
         set failures = failures + 1, failing_since = coalesce(failing_since, otobot_now()),
             probe_at = case when failures + 1 >= ${CIRCUIT_OPENS_AT} then otobot_now() + ${PROBE_PAUSE('failures + 1')} end,
             disabled_at = case when disabled_at is null and ($9::text is not null or failing_since < otobot_now() - interval '5 days')
                                then otobot_now() else disabled_at end,
             disabled_reason = case when disabled_at is null
                                    then coalesce($9, case when failing_since < otobot_now() - interval '5 days' then 'failing' end)
                                    else disabled_reason end
        from (select disabled_at is not null as disabled from webhooks where id = $5 for update) was
       where id = $5
      returning case when not was.disabled then disabled_reason end as reason`,
    values: [
      ...[end.id, end.httpStatus, end.durationMs, end.answer, end.webhookId],
      ...[end.nextInSeconds, end.code, end.attempts, end.disable],
    ],
  });
  return row?.reason ?? null;
}

/** It is not sent, and that is nobody's failure: its webhook may not hear it any more, or it cannot be signed. */
export async function recordWithheld(db: Queryable, { id, code }: { id: string; code: string }): Promise<void> {
  await db.query({
    text: `update webhook_deliveries set status = 'failed', code = $2 where id = $1 and status = 'waiting'`,
    values: [id, code],
  });
}
