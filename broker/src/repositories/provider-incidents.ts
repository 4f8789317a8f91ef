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
  /** Whose connections failed; null: those of several. */
  organizationId: string | null;
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
  id: number;
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
  { host, organizationId, failures, witnesses, code, since }: HostFailures,
): Promise<Evidence> {
  const [row] = await tx.query<Evidence>({
    text: `
      insert into provider_incidents as i (host, failures, witnesses, code, failing_since, last_failure_at, organization_id)
      values ($1, $2, (select array_agg(w) from (select distinct w from unnest($3::text[]) w limit ${WITNESSES_KEPT}) kept), $4, $5, otobot_now(), $6)
      on conflict (host) where ended_at is null do update
         set failures = excluded.failures + case when i.last_failure_at > otobot_now() - ${WINDOW} then i.failures else 0 end,
             witnesses = (select array_agg(w) from (
               select distinct w from unnest(excluded.witnesses
                 || case when i.last_failure_at > otobot_now() - ${WINDOW} then i.witnesses else '{}' end) w limit ${WITNESSES_KEPT}) kept),
             failing_since = case when i.failures > 0 and i.last_failure_at > otobot_now() - ${WINDOW}
                                  then least(i.failing_since, excluded.failing_since) else excluded.failing_since end,
             organization_id = case
               when i.organization_id = excluded.organization_id then i.organization_id
               when i.failures > 0 and i.last_failure_at > otobot_now() - ${WINDOW} then null
               else excluded.organization_id end,
             code = excluded.code, last_failure_at = excluded.last_failure_at
      returning id, failures, cardinality(witnesses) as witnesses, code,
                (extract(epoch from otobot_now() - failing_since) * 1000)::float8 as "spanMs",
                opened_at is not null and closed_at is null as "isOpen"`,
    values: [host, failures, witnesses, code, since, organizationId],
  });
  return row as Evidence;
}

/** Opens an incident, or one that was not over yet and has come back: from now on only probes are sent. */
export async function openIncident(tx: Tx, id: number, probeInSeconds: number): Promise<void> {
  await tx.query({
    text: `update provider_incidents
              set opened_at = coalesce(opened_at, otobot_now()), closed_at = null, recalled_at = null,
                  next_probe_at = otobot_now() + make_interval(secs => $2)
            where id = $1 and (opened_at is null or closed_at is not null)`,
    values: [id, probeInSeconds],
  });
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
        returning host, told
      ), failed as materialized (
        select c.id, greatest(c.not_before_at, otobot_now() + random() * interval '2 minutes') as at
          from over
          join services s on s.renewal_host = over.host
          join apps a on a.service = s.name and (s.organization_id = a.organization_id or s.organization_id is null)
          join connections c on c.app_id = a.id
         where s.id = (select visible.id from otobot_service(a.organization_id, a.service) visible)
           and a.organization_id = any (over.told)
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
           returning id, host, code, opened_at as "openedAt", closed_at as "closedAt"`,
  });
}

/** Suspicions that came to nothing, and incidents long past. */
export async function forgetIncidents(tx: Tx): Promise<void> {
  await tx.query({
    text: `delete from provider_incidents
            where (opened_at is null and last_failure_at < otobot_now() - interval '1 day') or ended_at < otobot_now() - ${KEPT}`,
  });
}

/** The organizations with an app at the host of an incident, with their services there. */
const AT_ITS_HOST = `
  select a.organization_id, jsonb_agg(distinct a.service) as services
    from services s
    join apps a on a.service = s.name and (s.organization_id = a.organization_id or s.organization_id is null)
   where s.renewal_host = (select host from provider_incidents where id = $1)
     and s.id = (select visible.id from otobot_service(a.organization_id, a.service) visible)
   group by a.organization_id`;

/** An incident that is open and has not been told to everybody whom it concerns by now: the operator's organization, too. */
export async function findUntold(tx: Tx, id: number): Promise<Incident | null> {
  const [row] = await tx.query<Incident>({
    text: `select id, host, code, opened_at as "openedAt", closed_at as "closedAt" from provider_incidents
            where id = $1 and opened_at is not null and closed_at is null and (organization_id is null or organization_id <> all (told))`,
    values: [id],
  });
  return row ?? null;
}

/** Tells everybody concerned who has not been told yet. */
export async function tellOfOpening(tx: Tx, id: number, data: Readonly<Record<string, unknown>>): Promise<void> {
  await tx.query({
    text: `
      with concerned as (
        select o.id, at_host.services
          from provider_incidents i
         cross join organizations o
          left join (${AT_ITS_HOST}) at_host on at_host.organization_id = o.id
         where i.id = $1 and o.id <> all (i.told)
           and (o.name = 'default' or (at_host.organization_id is not null and otobot_concerns(i.organization_id, o.id)))
      ), noted as (
        update provider_incidents set told = told || array(select id from concerned) where id = $1 and exists (select from concerned)
      )
      insert into outbox (organization_id, type, data)
      select id, 'provider.incident', $2::jsonb || jsonb_build_object('services', coalesce(services, '[]')) from concerned`,
    values: [id, data],
  });
}

/** Tells the end of an incident to whoever was told of its beginning. */
export async function tellOfEnd(tx: Tx, id: number, data: Readonly<Record<string, unknown>>): Promise<void> {
  await tx.query({
    text: `
      insert into outbox (organization_id, type, data)
      select o.id, 'provider.incident', $2::jsonb || jsonb_build_object('services', coalesce(at_host.services, '[]'))
        from provider_incidents i
        join organizations o on o.id = any (i.told)
        left join (${AT_ITS_HOST}) at_host on at_host.organization_id = o.id
       where i.id = $1`,
    values: [id, data],
  });
}
