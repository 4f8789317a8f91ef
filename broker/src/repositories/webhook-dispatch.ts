import type { Queryable } from '../db/database';
import { KEY_LIVES } from './webhooks';

/**
 * Whether the webhook `w` hears the event `e`: by what it asked for, and by what its key may see now. An outage is no client's own, and
 * concerns whoever may see one of the services there.
 */
export const HEARS = `
  (w.events is null or e.type = any (w.events))
  and (w.client_id is null or w.client_id = e.client_id or e.type = 'provider.incident')
  and (w.service is null or w.service = e.service or e.data -> 'services' ? w.service)
  and (w.key_id is null or exists (
    select from access_keys k
     where k.id = w.key_id and ${KEY_LIVES}
       and (k.client_ids is null or e.client_id = any (k.client_ids) or e.type = 'provider.incident')
       and (k.services is null or e.service = any (k.services) or e.data -> 'services' ?| k.services)))`;

export interface Dispatched {
  events: number;
  deliveries: number;
}

/**
 * Takes events that were not dispatched yet, the oldest first, and writes a delivery for each webhook that hears one of them: one statement,
 * so both or neither. Events are taken by what was not done, never from a place on: ids are given before a transaction commits, so one
 * may come to sight behind others that are long done. What another worker holds is passed by. `types`: those that are told outside at all; `passing`: those that are
 * deleted at once where nobody hears them, since there are very many and all that they say stands elsewhere.
 */
export async function dispatchEvents(
  db: Queryable,
  { limit, types, passing }: { limit: number; types: readonly string[]; passing: readonly string[] },
): Promise<Dispatched> {
  const [row] = await db.query<Dispatched>({
    name: 'dispatch-events',
    text: `
      with taken as materialized (
        select id, organization_id, type, client_id, service, data, created_at from outbox
         where dispatched_at is null order by id limit $1 for update skip locked
      ), queued as (
        insert into webhook_deliveries (organization_id, webhook_id, event_id)
        select e.organization_id, w.id, e.id
          from taken e join webhooks w on w.organization_id = e.organization_id
         where w.disabled_at is null and w.created_at <= e.created_at and e.type = any ($2::text[]) and ${HEARS}
         order by e.id
        on conflict do nothing
        returning event_id
      ), unheard as (
        select id from taken where type = any ($3::text[]) and id not in (select event_id from queued)
      ), dropped as (
        delete from outbox where id = any (array(select id from unheard))
      ), marked as (
        update outbox set dispatched_at = otobot_now() where id = any (array(select id from taken where id not in (select id from unheard)))
      )
      select (select count(*) from taken)::int as events, (select count(*) from queued)::int as deliveries`,
    values: [limit, types, passing],
  });
  return row ?? { events: 0, deliveries: 0 };
}
