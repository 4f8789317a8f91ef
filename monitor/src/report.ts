import { readIncidents, type Incident } from './incidents';
import type { Query } from './read-only';
import { Unknown } from './unknown';

/** The statuses of the view connection_status, the worst first. */
export const STATUSES = [
  'reauth_required',
  'expired',
  'key_unavailable',
  'app_suspended',
  'uncertain',
  'backoff',
  'refreshing',
  'active',
  'disabled',
  'client_suspended',
] as const;
export type Status = (typeof STATUSES)[number];

/**
 * critical: it cannot be used, or its client must reconnect. warning: it ends soon and nothing renews it. trouble: its
 * refresh fails, but is tried again. ok. stopped: an operator stopped it on purpose, so it never raises an alarm.
 */
export type Severity = 'critical' | 'warning' | 'trouble' | 'ok' | 'stopped';

/** A connection with what is to be said of it. Holds no secret. */
export interface Row {
  id: string;
  organization: string;
  /** Null: the organization's own. */
  clientId: string | null;
  service: string;
  name: string;
  kind: string;
  status: Status;
  statusReason: string | null;
  severity: Severity;
  expiresAt: Date | null;
  /** Whether a worker is going to renew the token. */
  renews: boolean;
  /** The known end of the consent that no refresh moves. */
  consentEndsAt: Date | null;
  lastRefreshedAt: Date | null;
  nextRefreshAt: Date | null;
  failures: number;
  lastError: string | null;
}

/** Counts over the connections that the filters select, those on hold left out where not said otherwise. */
export interface Totals {
  /** The selected ones, with those on hold. */
  connections: number;
  /** All there are, whatever the filters say. */
  allConnections: number;
  expired: number;
  reconnect: number;
  keyUnavailable: number;
  /** Tokens that end within 24 h and that nothing will renew. */
  expiring: number;
  /** Consents that end within 14 days. */
  consentEnding: number;
  refreshErrors: number;
  stopped: number;
  liveWorkers: number;
  /** Refreshing stands still, for the whole installation. */
  refreshingPaused: boolean;
  /** Answers of providers that have waited in a worker's spool for more than a minute. */
  spooled: number;
  /** Hosts of providers that are out, of those that the selected connections need. */
  providersOut: number;
}

export interface Filters {
  client?: string | undefined;
  service?: string | undefined;
  status?: Status | undefined;
}

export interface Report {
  /** The database's time. */
  now: Date;
  totals: Totals;
  incidents: Incident[];
  /** The worst first, as many as asked for. */
  rows: Row[];
}

/** Reads the totals and the worst `limit` rows (null: all) of what the filters select. Call it on one snapshot. */
export async function readReport(query: Query, filters: Filters, limit: number | null): Promise<Report> {
  const values = [filters.client ?? null, filters.service ?? null, filters.status ?? null];
  const [totals] = await query<Omit<Totals, 'providersOut'> & { now: Date }>(TOTALS, values);
  if (totals === undefined) throw new Error('an aggregate always gives a row');
  if (totals.connections === 0) await refuseMisspelt(query, filters);
  const { now, ...counts } = totals;
  const incidents = await readIncidents(query, [filters.client ?? null, filters.service ?? null]);
  const rows = await query<Row>(ROWS, [...values, STATUSES, limit]);
  return { now, totals: { ...counts, providersOut: incidents.length }, incidents, rows };
}

/** A filter that names nobody would be green for ever: throws Unknown for a client or service that does not exist. */
async function refuseMisspelt(query: Query, { client, service }: Filters): Promise<void> {
  const [known] = await query<{ client: boolean; service: boolean }>(KNOWN, [client ?? null, service ?? null]);
  if (known?.client === false)
    throw new Unknown(`there is no client "${client ?? ''}"`, 'list them with: otobot client list');
  if (known?.service === false)
    throw new Unknown(`there is no service "${service ?? ''}"`, 'list them with: otobot service list');
}

const KNOWN = `
  select $1::text is null or exists (
           select from organizations o left join clients c on c.organization_id = o.id
            where $1 in ('-', c.client_id, o.name || '/-', o.name || '/' || c.client_id)) as client,
         $2::text is null or exists (select from services where name = $2) as service`;

// A worker beats every 5 s; not seen for 20 s it counts as gone, as in the broker. Without one nothing is renewed, nor while that is paused, nor is
// what the claim passes by: no app (the view's renewable), no service, not due at any time, or an app that is suspended.
// Materialized, or the view's long case is worked out anew wherever its status stands.
// Nor is a token renewed that is only asked after: its end is token_ends_at.
// An idle end, and the end of a refresh token that each refresh replaces, move with every refresh; they count once the broker has told
// of them, because refreshing has failed for too long.
const JUDGED = `
  with live as (
    select count(*)::int as workers, exists (select from installation where refreshing_paused_at is not null) as paused
      from processes
     where role = 'refresh' and seen_at > otobot_now() - interval '20 seconds'
  ), selected as materialized (
    select s.*, o.name as organization, s.status in ('disabled', 'client_suspended') as stopped,
           s.status in ('reauth_required', 'expired', 'key_unavailable') as dead,
           coalesce(s.next_refresh_at, otobot_now()) as renewed_at, c.noticed_days is not null as told,
           s.renewable and p.id is not null and live.workers > 0 and not live.paused
             and c.token_ends_at is null and s.status in ('active', 'backoff', 'uncertain', 'refreshing')
             and (c.next_refresh_at is not null or c.lease_until is not null) as renews
      from connection_status s
      join connections c on c.id = s.id
      join organizations o on o.id = s.organization_id
      cross join live
      left join lateral otobot_service(s.organization_id, s.service) p on true
     where ($1::text is null or $1 in (coalesce(s.client_id, '-'), o.name || '/' || coalesce(s.client_id, '-')))
       and ($2::text is null or s.service = $2) and ($3::text is null or s.status = $3)
  ), ends as (
    select *, least(absolute_expires_at,
                    case when told or not (renews and renewed_at < idle_expires_at) then idle_expires_at end,
                    case when told or not (renews and renewed_at < refresh_expires_at) then refresh_expires_at end) as consent_ends_at
      from selected
  ), judged as materialized (
    select *,
           case
             when stopped then 'stopped'
             when dead then 'critical'
             when not renews and expires_at <= otobot_now() + interval '24 hours'
               or consent_ends_at <= otobot_now() + interval '14 days' then 'warning'
             when failure_count > 0 or status in ('backoff', 'uncertain', 'app_suspended') then 'trouble'
             else 'ok'
           end as severity
      from ends
  )`;

const TOTALS = `${JUDGED}
  select otobot_now() as now,
         count(*)::int as connections,
         (select count(*)::int from connections) as "allConnections",
         (count(*) filter (where not stopped and (status = 'expired' or expires_at <= otobot_now())))::int as expired,
         (count(*) filter (where status = 'reauth_required'))::int as reconnect,
         (count(*) filter (where status = 'key_unavailable'))::int as "keyUnavailable",
         (count(*) filter (where severity = 'warning' and not renews and expires_at <= otobot_now() + interval '24 hours'))::int as expiring,
         (count(*) filter (where severity = 'warning' and consent_ends_at <= otobot_now() + interval '14 days'))::int as "consentEnding",
         (count(*) filter (where not stopped and failure_count > 0))::int as "refreshErrors",
         (count(*) filter (where stopped))::int as stopped,
         (select workers from live) as "liveWorkers", (select paused from live) as "refreshingPaused",
         (select coalesce(sum(spool_depth), 0)::int from processes where spool_since < otobot_now() - interval '1 minute') as spooled
    from judged`;

const ROWS = `${JUDGED}
  select id, organization, client_id as "clientId", service, name, kind, status, status_reason as "statusReason", severity,
         expires_at as "expiresAt", renews, consent_ends_at as "consentEndsAt", last_refreshed_at as "lastRefreshedAt",
         next_refresh_at as "nextRefreshAt", failure_count as failures, last_error_code as "lastError"
    from judged
   order by array_position(array['critical', 'warning', 'trouble', 'ok', 'stopped'], severity),
            case when severity in ('critical', 'stopped') then array_position($4::text[], status) end,
            case when severity = 'trouble' then -failure_count end,
            least(expires_at, consent_ends_at), organization, client_id, service, name
   limit $5`;
