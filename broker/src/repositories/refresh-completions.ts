import type { Queryable } from '../db/database';
import type { ConsentEnds } from '../types/consent-ends';
import type { PlannedState } from '../types/refresh-state';

export type AttemptOutcome =
  'refreshed' | 'unsent' | 'transient' | 'permanent' | 'app' | 'malformed' | 'unknown_code' | 'uncertain';

/** A generation of tokens about to be stored, sealed for generation + 1. */
export interface SealedSet extends ConsentEnds {
  accessSealed: Buffer;
  accessKeyVersion: number;
  refreshSealed: Buffer | null;
  refreshKeyVersion: number | null;
  tokenType: string;
  /** Null, as for baseUrl: as before. */
  scopes: readonly string[] | null;
  expiresAt: Date;
  lifetimeSeconds: number;
  baseUrl: string | null;
}

/** How an attempt ended, with all that is to be written of it. */
export interface Completion {
  connectionId: string;
  organizationId: string;
  /** With attemptId what the write is conditional on: the generation that the attempt started from. */
  generation: number;
  attemptId: string;
  startedAt: Date;
  outcome: AttemptOutcome;
  errorCode: string | null;
  httpStatus: number | null;
  durationMs: number | null;
  /** The attempt was given up by others, so its answer may still come. */
  mayStillAnswer: boolean;
  next: PlannedState & { events: readonly string[] };
  set: SealedSet | null;
  /** The late set that `set` was made from and replaces. */
  adoptedSetId: string | null;
}

/**
 * Writes the ends of attempts, all or none, each under compare-and-set on (connection, generation, attempt). Returns the
 * positions that were written. A token set that was not is kept as `late`; a completion sent again changes nothing.
 */
export async function writeCompletions(db: Queryable, completions: readonly Completion[]): Promise<Set<number>> {
  const rows = completions.map((completion, position) => ({ position, ...flat(completion) }));
  const written = await db.query<{ position: number }>({
    name: 'write-completions',
    text: WRITE_COMPLETIONS,
    values: [JSON.stringify(rows)],
  });
  return new Set(written.map(({ position }) => position));
}

/** Which of these connections there still are. */
export async function listExisting(db: Queryable, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db.query<{ id: string }>({
    text: 'select id from connections where id = any ($1::uuid[])',
    values: [ids],
  });
  return new Set(rows.map(({ id }) => id));
}

function flat({ next, set, ...attempt }: Completion) {
  const sealed = set && {
    ...set,
    accessSealed: set.accessSealed.toString('base64'),
    refreshSealed: set.refreshSealed?.toString('base64') ?? null,
  };
  return { ...attempt, ...next, ...sealed };
}

// The rows are locked in one order first, so that two batches of late answers cannot wait for each other.
// A connection that needs its client takes a token from any attempt of its generation: it has nothing to lose. While another attempt
// is in flight the token waits as a late one, or that attempt would go on to send the refresh token before it.
const WRITE_COMPLETIONS = `
  with answer as materialized (
    select * from json_to_recordset($1::json) as a (
      position int, "connectionId" uuid, "organizationId" uuid, generation int, "attemptId" uuid, "startedAt" timestamptz,
      outcome text, "errorCode" text, "httpStatus" int, "durationMs" int, "mayStillAnswer" boolean,
      status text, "statusReason" text, "failureCount" int, "failingSince" timestamptz, "uncertainSince" timestamptz,
      "permanentCode" text, "lastErrorCode" text, "nextRefreshAt" timestamptz, "notBeforeAt" timestamptz, events json,
      "accessSealed" text, "accessKeyVersion" int, "refreshSealed" text, "refreshKeyVersion" int, "tokenType" text,
      scopes json, "expiresAt" timestamptz, "lifetimeSeconds" int, "baseUrl" text, "refreshExpiresAt" timestamptz,
      "idleExpiresAt" timestamptz, "absoluteExpiresAt" timestamptz,
      "adoptedSetId" uuid)
  ), locked as materialized (
    select id from connections where id in (select "connectionId" from answer) order by id for no key update
  ), written as (
    update connections c
       set status = case when c.status = 'disabled' then c.status else a.status end,
           status_reason = case when c.status = 'disabled' then c.status_reason else a."statusReason" end,
           generation = c.generation + (a."accessSealed" is not null)::int,
           failure_count = a."failureCount", failing_since = a."failingSince", uncertain_since = a."uncertainSince",
           permanent_code = a."permanentCode", last_error_code = a."lastErrorCode",
           -- Somebody may have made it due meanwhile; that request stands unless a new token answers it.
           next_refresh_at = case when a."accessSealed" is null then coalesce(c.next_refresh_at, a."nextRefreshAt") else a."nextRefreshAt" end,
           not_before_at = a."notBeforeAt",
           lease_until = null, attempt_id = case when a."mayStillAnswer" then c.attempt_id end,
           last_refreshed_at = case when a."accessSealed" is null then c.last_refreshed_at else otobot_now() end,
           refresh_expires_at = case when a."accessSealed" is null then c.refresh_expires_at else a."refreshExpiresAt" end,
           idle_expires_at = case when a."accessSealed" is null then c.idle_expires_at else a."idleExpiresAt" end,
           absolute_expires_at = case when a."accessSealed" is null then c.absolute_expires_at else a."absoluteExpiresAt" end
      from answer a join locked on locked.id = a."connectionId"
     where c.id = a."connectionId" and c.generation = a.generation
       and (c.attempt_id = a."attemptId" or (a."accessSealed" is not null and c.status = 'reauth_required' and c.lease_until is null))
    returning a.position, c.id, c.client_id, c.service, a."accessSealed" is not null as renewed
  ), known as (
    -- Sent before, and committed without our hearing of it.
    select a.position from answer a
      join refresh_attempts r on r.id = a."attemptId" and r.started_at = a."startedAt"
     where r.outcome in ('refreshed', 'late')
  ), stored as (
    insert into token_sets (organization_id, connection_id, generation, kind, access_sealed, access_key_version, refresh_sealed,
                            refresh_key_version, token_type, scopes, expires_at, lifetime_seconds, base_url, account_id, account_label,
                            refresh_expires_at, idle_expires_at, absolute_expires_at)
    select a."organizationId", a."connectionId", a.generation + 1, case when w.renewed then 'current' else 'late' end,
           decode(a."accessSealed", 'base64'), a."accessKeyVersion", decode(a."refreshSealed", 'base64'), a."refreshKeyVersion",
           a."tokenType", case when json_typeof(a.scopes) = 'array' then array(select json_array_elements_text(a.scopes)) else t.scopes end,
           a."expiresAt", a."lifetimeSeconds", coalesce(a."baseUrl", t.base_url), t.account_id, t.account_label,
           a."refreshExpiresAt", a."idleExpiresAt", a."absoluteExpiresAt"
      from answer a
      join locked on locked.id = a."connectionId"
      left join written w using (position)
      left join token_sets t on t.connection_id = a."connectionId" and t.generation = a.generation and t.kind = 'current'
     where a."accessSealed" is not null and a.position not in (select position from known)
       and (w.renewed or a."adoptedSetId" is null)
  ), superseded as (
    update token_sets t set kind = 'previous', superseded_at = otobot_now() from written w
     where w.renewed and t.connection_id = w.id and t.kind = 'current'
  ), dropped as (
    delete from token_sets t using written w join answer a using (position)
     where w.renewed and t.connection_id = w.id and (t.kind = 'previous' or (t.kind = 'late' and t.id = a."adoptedSetId"))
  ), finished as (
    update refresh_attempts r
       set finished_at = otobot_now(), error_code = a."errorCode", http_status = a."httpStatus", duration_ms = a."durationMs",
           outcome = case when a."accessSealed" is not null and a."adoptedSetId" is null and w.position is null then 'late' else a.outcome end
      from answer a left join written w using (position)
     where r.id = a."attemptId" and r.started_at = a."startedAt" and r.outcome is distinct from 'refreshed' and r.outcome is distinct from 'late'
  ), told as (
    insert into outbox (organization_id, type, client_id, service, connection_id, data)
    select a."organizationId", e.type, w.client_id, w.service, w.id,
           jsonb_strip_nulls(jsonb_build_object('generation', a.generation + w.renewed::int, 'code', a."errorCode", 'reason', a."statusReason",
                                                'expiresAt', case when w.renewed then a."expiresAt" end))
      from written w join answer a using (position) cross join lateral json_array_elements_text(a.events) e (type)
  )
  select position from written`;
