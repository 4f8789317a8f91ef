import type { Queryable } from '../db/database';
import type { ConsentEnds } from '../types/consent-ends';
import type { PlannedState } from '../types/refresh-state';
import { COLUMN_NAMES, COLUMN_PARAMETERS, packed } from './packed-completions';

export type AttemptOutcome =
  'refreshed' | 'alive' | 'unsent' | 'transient' | 'permanent' | 'app' | 'malformed' | 'unknown_code' | 'uncertain';

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
  const written = await db.query<{ position: number }>({
    name: 'write-completions',
    text: WRITE_COMPLETIONS,
    values: packed(completions),
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

// The rows are locked in one order first, so that two batches of late answers cannot wait for each other.
// A connection whose refresh token was refused takes a token from any attempt of its generation: it has nothing to lose. While another attempt
// is in flight the token waits as a late one, or that attempt would go on to send the refresh token before it.
// What later parts need of an answer is carried along by \`written\`: joined again, the parts would cost more with every row of a batch.
const WRITE_COMPLETIONS = `
  with answer as materialized (
    select * from unnest(${COLUMN_PARAMETERS}) as a (${COLUMN_NAMES})
  ), locked as materialized (
    select id from connections where id = any (array(select "connectionId" from answer)) order by id for no key update
  ), written as (
    update connections c
       set status = case when c.status = 'disabled' then c.status else a.status end,
           status_reason = case when c.status = 'disabled' then c.status_reason else a."statusReason" end,
           generation = c.generation + (a."accessLength" is not null)::int,
           failure_count = a."failureCount", failing_since = a."failingSince", uncertain_since = a."uncertainSince",
           permanent_code = a."permanentCode", last_error_code = a."lastErrorCode",
           -- Somebody may have made it due meanwhile; that request stands unless a new token answers it.
           next_refresh_at = case when a."accessLength" is null then least(c.next_refresh_at, a."nextRefreshAt") else a."nextRefreshAt" end,
           not_before_at = a."notBeforeAt",
           lease_until = null, attempt_id = case when a."mayStillAnswer" then c.attempt_id end,
           last_refreshed_at = case when a."accessLength" is null then c.last_refreshed_at else otobot_now() end,
           refresh_expires_at = case when a."accessLength" is null then c.refresh_expires_at else a."refreshExpiresAt" end,
           idle_expires_at = case when a."accessLength" is null then c.idle_expires_at else a."idleExpiresAt" end,
           absolute_expires_at = case when a."accessLength" is null then c.absolute_expires_at else a."absoluteExpiresAt" end
      from answer a
     where (select count(*) from locked) > 0
       and c.id = a."connectionId" and c.generation = a.generation
       and (c.attempt_id = a."attemptId" or (a."accessLength" is not null and c.lease_until is null
                                          and (c.status = 'reauth_required' or c.permanent_code is not null)))
    returning a.*, a."accessLength" is not null as renewed, c.client_id, c.service
  ), unwritten as (
    select * from answer where position not in (select position from written)
  ), finished as (
    update refresh_attempts r
       set finished_at = otobot_now(), error_code = a."errorCode", http_status = a."httpStatus", duration_ms = a."durationMs",
           outcome = case when a."accessLength" is not null and a."adoptedSetId" is null and a.position in (select position from unwritten)
                          then 'late' else a.outcome end
      from answer a
     where r.id = a."attemptId" and r.started_at = a."startedAt" and r.outcome is distinct from 'refreshed' and r.outcome is distinct from 'late'
    returning a.position
  ), kept as (
    select * from unwritten a
     where a."accessLength" is not null and a."adoptedSetId" is null
       and a."connectionId" in (select id from locked)
       -- Else it was sent before: long ago, or in the same moment by who adopted our spool, which no snapshot shows but the updated row.
       and (a.position in (select position from finished)
            or not exists (select from refresh_attempts r where r.id = a."attemptId" and r.started_at = a."startedAt"))
  ), stored as (
    insert into token_sets (organization_id, connection_id, generation, kind, access_sealed, access_key_version, refresh_sealed,
                            refresh_key_version, token_type, scopes, expires_at, lifetime_seconds, base_url, account_id, account_label,
                            refresh_expires_at, idle_expires_at, absolute_expires_at)
    select a."organizationId", a."connectionId", a.generation + 1, a.kind,
           substr($1::bytea, a."accessFrom", a."accessLength"), a."accessKeyVersion",
           substr($1, a."refreshFrom", a."refreshLength"), a."refreshKeyVersion",
           a."tokenType", case when a.scopes is null then t.scopes else array(select json_array_elements_text(a.scopes)) end,
           a."expiresAt", a."lifetimeSeconds", coalesce(a."baseUrl", t.base_url), t.account_id, t.account_label,
           a."refreshExpiresAt", a."idleExpiresAt", a."absoluteExpiresAt"
      from (select ${COLUMN_NAMES}, 'current' as kind from written where renewed union all select *, 'late' from kept) a
      left join lateral (
        select * from token_sets where connection_id = a."connectionId" and generation = a.generation and kind = 'current' limit 1) t on true
  ), superseded as (
    update token_sets t set kind = 'previous', superseded_at = otobot_now() from written w
     where w.renewed and t.connection_id = w."connectionId" and t.kind = 'current'
  ), dropped as (
    delete from token_sets t using written w
     where w.renewed and t.connection_id = w."connectionId" and (t.kind = 'previous' or (t.kind = 'late' and t.id = w."adoptedSetId"))
  ), told as (
    insert into outbox (organization_id, type, client_id, service, connection_id, data)
    select w."organizationId", e.type, w.client_id, w.service, w."connectionId",
           jsonb_strip_nulls(jsonb_build_object('generation', w.generation + w.renewed::int, 'code', w."errorCode", 'reason', w."statusReason",
                                                'expiresAt', case when w.renewed then w."expiresAt" end))
      from written w cross join lateral json_array_elements_text(w.events) e (type)
  )
  select position from written`;
