import type { Tx } from '../db/database';

/** Why a connection cannot be refreshed just now, whoever waits for it. */
export interface Obstacle {
  /** Nothing is refreshed in the whole installation, until an operator lets it go on. */
  refreshingPaused: boolean;
  /** Its provider's host, if that is out; null: the provider asked its app for a pause. */
  host: string | null;
  /** The latest failure, or what the provider said. */
  code: string;
  /** From then on it is out; null for a pause. */
  since: Date | null;
  /** Until the next try, or to the end of the pause. */
  seconds: number;
}

/** Null: nothing stands in the way. */
export async function findObstacle(tx: Tx, organizationId: string, connectionId: string): Promise<Obstacle | null> {
  const [row] = await tx.query<Obstacle>({
    name: 'find-obstacle',
    text: `
      select n.id is not null as "refreshingPaused", i.host, coalesce(i.code, p.code, '') as code, i.opened_at as since,
             greatest(0, extract(epoch from coalesce(i.next_probe_at, p.until, otobot_now()) - otobot_now()))::float8 as seconds
        from connections c
        left join lateral otobot_service(c.organization_id, c.service) s on true
        left join provider_incidents i on i.host = s.renewal_host and i.opened_at is not null and i.closed_at is null
                                          and otobot_concerns(i.organization_id, c.organization_id)
        left join app_pauses p on p.app_id = c.app_id and p.until > otobot_now()
        left join installation n on n.refreshing_paused_at is not null
       where c.organization_id = $1 and c.id = $2 and (i.id is not null or p.app_id is not null or n.id is not null)`,
    values: [organizationId, connectionId],
  });
  return row ?? null;
}
