import type { Queryable, Tx } from '../db/database';

/** A connection as its reader found it. */
export interface Awaited {
  id: string;
  version: number;
}

/**
 * Makes connections due now because somebody waits for them; at most once per 5 s each, or as seldom as its provider allows, and not before a pause that the provider
 * asked for. One that is being refreshed is left alone. A reported rejection outweighs the wait for a token that may be used up:
 * the access token is dead already. One that has another version by now is what its reader waited for. Returns whether anything became due.
 */
export async function markWanted(tx: Tx, organizationId: string, awaited: readonly Awaited[]): Promise<boolean> {
  const rows = await tx.query({
    name: 'mark-wanted',
    text: `
      update connections c set wanted_at = otobot_now(), next_refresh_at = w.at
        from (select c.id, greatest(
                       case when last_attempt_at > otobot_now() - spacing then last_attempt_at + spacing else '-infinity' end,
                       case when status = 'uncertain' and rejected_at > coalesce(last_refreshed_at, c.created_at) then null
                            else not_before_at end) as at
                from connections c
               cross join lateral (
                 select make_interval(secs => greatest(5, max(s.refresh_interval_seconds))) as spacing
                   from otobot_service(c.organization_id, c.service) s) p
               where c.organization_id = $1 and c.id = any ($2)) w
        join unnest($2::uuid[], $3::bigint[]) as a (id, version) using (id)
       where c.id = w.id and c.version = a.version and c.next_refresh_at > w.at and c.status <> 'disabled'
      returning c.id`,
    values: [organizationId, awaited.map(({ id }) => id), awaited.map(({ version }) => version)],
  });
  return rows.length > 0;
}

/** The versions that connections have now, for those who wait for another one. */
export function listVersions(db: Queryable, connectionIds: readonly string[]): Promise<Awaited[]> {
  return db.query({
    name: 'list-versions',
    text: 'select id, version from connections where id = any ($1)',
    values: [connectionIds],
  });
}
