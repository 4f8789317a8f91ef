import type { Query } from './read-only';

/** A provider's host that does not answer properly: only probes are sent to it until it does. */
export interface Incident {
  host: string;
  /** The latest failure: timeout, http_503, tls.cert_has_expired … */
  code: string;
  since: Date;
  nextProbeAt: Date | null;
  /** Of what the filters select. */
  connections: number;
}

/** The incidents that concern what the filters select, the oldest first: client, service. */
export function readIncidents(query: Query, values: readonly [string | null, string | null]): Promise<Incident[]> {
  return query<Incident>(INCIDENTS, values);
}

// Only with an incident is anything counted.
const INCIDENTS = `
  select i.host, i.code, i.opened_at as since, i.next_probe_at as "nextProbeAt", concerned.connections
    from provider_incidents i
    cross join lateral (
      select count(*)::int as connections
        from services s
        join apps a on a.service = s.name and (s.organization_id = a.organization_id or s.organization_id is null)
        join organizations o on o.id = a.organization_id
        join connections c on c.app_id = a.id
       where s.renewal_host = i.host and otobot_concerns(i.organization_id, a.organization_id)
         and s.id = (select visible.id from otobot_service(a.organization_id, a.service) visible)
         and ($1::text is null or $1 in (coalesce(c.client_id, '-'), o.name || '/' || coalesce(c.client_id, '-')))
         and ($2::text is null or c.service = $2)) concerned
   where i.opened_at is not null and i.closed_at is null and i.ended_at is null
     and (concerned.connections > 0 or ($1::text is null and $2::text is null))
   order by i.opened_at`;
