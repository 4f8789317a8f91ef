import type { Queryable } from '../db/database';
import { CIRCUIT_OPENS_AT, TRIED_FOR } from './webhook-claims';
import { KEY_LIVES } from './webhooks';

/** How long events are kept, with what became of them. */
const KEPT = `interval '30 days'`;

/** Deletes events that are old and dispatched, with their deliveries, but for those that somebody is still to hear. Returns how many. */
export async function deleteOldEvents(db: Queryable, limit: number): Promise<number> {
  const rows = await db.query({
    text: `
      delete from outbox where id = any (array(
        select id from outbox e
         where dispatched_at is not null and created_at < otobot_now() - ${KEPT}
           and not exists (select from webhook_deliveries d where d.event_id = e.id and d.status = 'waiting')
         order by created_at limit $1))
      returning 1`,
    values: [limit],
  });
  return rows.length;
}

/**
 * Ends waiting for webhooks that take nothing now: at once for those that are disabled, else after the three days that everything is tried
 * for. What was not tried at all since no worker ran is tried first. Returns how many.
 */
export async function giveUpWaiting(db: Queryable, limit: number): Promise<number> {
  const rows = await db.query({
    text: `
      with hopeless as (
        select d.id, case when w.disabled_at is not null then 'webhook_disabled' else 'expired' end as code
          from webhooks w join organizations o on o.id = w.organization_id
         cross join lateral (
           select id from webhook_deliveries
            where webhook_id = w.id and status = 'waiting' and not is_test
              and (w.disabled_at is not null or queued_at < otobot_now() - ${TRIED_FOR})
            limit $1 for update skip locked) d
         where w.disabled_at is not null or w.failures >= ${CIRCUIT_OPENS_AT} or o.suspended_at is not null
            or (w.key_id is not null and not exists (select from access_keys k where k.id = w.key_id and ${KEY_LIVES}))
      )
      update webhook_deliveries d set status = 'failed', code = coalesce(d.code, h.code) from hopeless h where d.id = h.id returning 1`,
    values: [limit],
  });
  return rows.length;
}
