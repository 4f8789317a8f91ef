import type { Queryable, Tx } from '../db/database';

/** What is known against a host since its last answer. */
export interface Evidence {
  id: number;
  failures: number;
  /** Different ones, as many as are remembered. */
  witnesses: number;
  /** Since the first of these failures was sent. */
  spanMs: number;
  code: string;
  isOpen: boolean;
}

export interface HostFailures {
  host: string;
  failures: number;
  /** Who failed, each once. */
  witnesses: readonly string[];
  /** Of the latest. */
  code: string;
  /** Start of the first of these attempts. */
  since: Date;
}

/** An incident as it is told of. */
export interface Incident {
  host: string;
  code: string;
  openedAt: Date;
  closedAt: Date | null;
}

/** As many as are needed to tell an outage from a few broken connections. */
const WITNESSES_KEPT = 10;
/** Failures further apart are no outage: connections that fail alone are retried at least every 15 minutes. */
const WINDOW = `interval '15 minutes'`;
/** How long a host must have answered before its incident is over: one that comes and goes is one incident. */
const CALM = `interval '5 minutes'`;
const KEPT = `interval '90 days'`;

/** Adds failures to what is known against their host, which all workers share. The row stays locked to the end of the transaction. */
export async function noteFailures(
  tx: Tx,
  { host, failures, witnesses, code, since }: HostFailures,
): Promise<Evidence> {
  const [row] = await tx.query<Evidence>({
    text: `
      insert into provider_incidents as i (host, failures, witnesses, code, failing_since, last_failure_at)
      values ($1, $2, (select array_agg(w) from (select distinct w from unnest($3::text[]) w limit ${WITNESSES_KEPT}) kept), $4, $5, otobot_now())
      on conflict (host) where ended_at is null do update
         set failures = excluded.failures + case when i.last_failure_at > otobot_now() - ${WINDOW} then i.failures else 0 end,
             witnesses = (select array_agg(w) from (
               select distinct w from unnest(excluded.witnesses
                 || case when i.last_failure_at > otobot_now() - ${WINDOW} then i.witnesses else '{}' end) w limit ${WITNESSES_KEPT}) kept),
             failing_since = case when i.failures > 0 and i.last_failure_at > otobot_now() - ${WINDOW}
                                  then least(i.failing_since, excluded.failing_since) else excluded.failing_since end,
             code = excluded.code, last_failure_at = excluded.last_failure_at
      returning id, failures, cardinality(witnesses) as witnesses, code,
                (extract(epoch from otobot_now() - failing_since) * 1000)::float8 as "spanMs",
                opened_at is not null and closed_at is null as "isOpen"`,
    values: [host, failures, witnesses, code, since],
  });
  return row as Evidence;
}

/**
 * Opens an incident: from now on only probes are sent. Null: it is open already, or it is one that was not over yet and has come back;
 * then nobody is told again.
 */
export async function openIncident(tx: Tx, id: number, probeInSeconds: number): Promise<Incident | null> {
  const [row] = await tx.query<Incident & { isNew: boolean }>({
    text: `update provider_incidents i
              set opened_at = coalesce(i.opened_at, otobot_now()), closed_at = null, recalled_at = null,
                  next_probe_at = otobot_now() + make_interval(secs => $2)
             from (select id, opened_at is null as is_new from provider_incidents where id = $1) was
            where i.id = was.id and (i.opened_at is null or i.closed_at is not null)
           returning i.host, i.code, i.opened_at as "openedAt", i.closed_at as "closedAt", was.is_new as "isNew"`,
    values: [id, probeInSeconds],
  });
  return row?.isNew === true ? row : null;
}

/** After a probe that failed too. */
export async function scheduleProbe(tx: Tx, host: string, inSeconds: number): Promise<void> {
  await tx.query({
    text: `update provider_incidents set next_probe_at = otobot_now() + make_interval(secs => $2)
            where host = $1 and opened_at is not null and closed_at is null`,
    values: [host, inSeconds],
  });
}

/** The host has answered: what was suspected is forgotten, and what is open is closed. Returns true if it was open. */
export async function noteAnswer(tx: Tx, host: string): Promise<boolean> {
  await tx.query({
    text: `delete from provider_incidents where host = $1 and opened_at is null`,
    values: [host],
  });
  const rows = await tx.query({
    text: `update provider_incidents i
              set failures = 0, witnesses = '{}', next_probe_at = null, closed_at = coalesce(i.closed_at, otobot_now())
             from (select id, closed_at is null as was_open from provider_incidents where host = $1 and ended_at is null for update) was
            where i.id = was.id and (was.was_open or i.failures > 0)
           returning was.was_open and true as closed`,
    values: [host],
  });
  return rows.some((row) => (row as { closed: boolean }).closed);
}

/** Whether there is anything to do for the four below: almost never. */
export async function hasIncidents(db: Queryable): Promise<boolean> {
  const [row] = await db.query<{ any: boolean }>({
    text: `select exists (select from provider_incidents where ended_at is null) as any`,
  });
  return row?.any ?? false;
}

/**
 * Makes those connections due again, within two minutes, that had failed before their provider's incident opened. Pauses that they owe
 * (a refusal to be confirmed, a token that may be used up) stand. Returns how many.
 */
export async function recallFailed(tx: Tx): Promise<number> {
  const rows = await tx.query({
    text: `
      with over as (
        update provider_incidents set recalled_at = otobot_now() where closed_at is not null and recalled_at is null and ended_at is null
        returning host
      ), failed as materialized (
        select c.id, greatest(c.not_before_at, otobot_now() + random() * interval '2 minutes') as at
          from over
          join services s on s.renewal_host = over.host
          join apps a on a.service = s.name and (s.organization_id = a.organization_id or s.organization_id is null)
          join connections c on c.app_id = a.id
         where s.id = (select visible.id from otobot_service(a.organization_id, a.service) visible)
           and c.status in ('backoff', 'uncertain') and c.permanent_code is null and c.next_refresh_at > otobot_now()
           for update of c skip locked
      )
      update connections c set next_refresh_at = failed.at from failed where c.id = failed.id and c.next_refresh_at > failed.at
      returning c.id`,
  });
  return rows.length;
}

/** Ends the incidents whose hosts have answered for a while; each is returned once. */
export function endCalmIncidents(tx: Tx): Promise<Incident[]> {
  return tx.query<Incident>({
    text: `update provider_incidents set ended_at = otobot_now()
            where ended_at is null and closed_at <= otobot_now() - ${CALM} and (failures = 0 or last_failure_at <= otobot_now() - ${CALM})
           returning host, code, opened_at as "openedAt", closed_at as "closedAt"`,
  });
}

/** Suspicions that came to nothing, and incidents long past. */
export async function forgetIncidents(tx: Tx): Promise<void> {
  await tx.query({
    text: `delete from provider_incidents
            where (opened_at is null and last_failure_at < otobot_now() - interval '1 day') or ended_at < otobot_now() - ${KEPT}`,
  });
}

/**
 * Tells everybody concerned, once each: the organizations with an app at the host, with their services there, and the operator's.
 */
export async function tellOfIncident(tx: Tx, host: string, data: Readonly<Record<string, unknown>>): Promise<void> {
  await tx.query({
    text: `
      insert into outbox (organization_id, type, data)
      select o.id, 'provider.incident', $2::jsonb || jsonb_build_object('services', coalesce(concerned.services, '[]'))
        from organizations o
        left join (
          select a.organization_id, jsonb_agg(distinct a.service) as services
            from services s
            join apps a on a.service = s.name and (s.organization_id = a.organization_id or s.organization_id is null)
           where s.renewal_host = $1 and s.id = (select visible.id from otobot_service(a.organization_id, a.service) visible)
           group by a.organization_id
        ) concerned on concerned.organization_id = o.id
       where concerned.organization_id is not null or o.name = 'default'`,
    values: [host, data],
  });
}
