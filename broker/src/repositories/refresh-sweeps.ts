import type { Queryable, Tx } from '../db/database';
import type { ConnectionKind } from '../types/credential';
import type { RefreshState } from '../types/refresh-state';
import { LIVE_WORKERS } from './workers';

/** An attempt that nobody will end: its worker is dead, or has been silent for longer than its lease. */
export interface AbandonedAttempt extends RefreshState {
  id: string;
  organizationId: string;
  generation: number;
  kind: ConnectionKind;
  attemptId: string;
  startedAt: Date;
  rotation: 'none' | 'grace' | 'strict';
  graceSeconds: number | null;
  now: Date;
}

/**
 * One sweeper at a time, over all workers: true until the end of the transaction if it is this one. One that freezes while it sweeps
 * loses its session after 2 s; else nobody would ever notice that it is frozen.
 */
export async function isSweeper(tx: Tx): Promise<boolean> {
  const [row] = await tx.query<{ mine: boolean }>({
    text: `select pg_try_advisory_xact_lock(hashtext('otobot.sweep'), 0) as mine,
                  set_config('idle_in_transaction_session_timeout', '2s', true)`,
  });
  return row?.mine ?? false;
}

/**
 * Locks and returns up to `limit` connections whose attempt was abandoned: its lease is over, or its worker's lock is free. Where
 * `locksTell` is false the lease alone counts.
 */
export function findAbandoned(tx: Tx, limit: number, locksTell: boolean): Promise<AbandonedAttempt[]> {
  return tx.query<AbandonedAttempt>({
    text: `
      with live as materialized (${LIVE_WORKERS})
      select c.id, c.organization_id as "organizationId", c.generation, c.kind, c.status, c.status_reason as "statusReason",
             c.failure_count as "failureCount", c.failing_since as "failingSince", c.uncertain_since as "uncertainSince",
             c.permanent_code as "permanentCode", c.last_error_code as "lastErrorCode", t.expires_at as "expiresAt",
             c.attempt_id as "attemptId", c.last_attempt_at as "startedAt", coalesce(s.rotation, 'strict') as rotation,
             s.grace_seconds as "graceSeconds", otobot_now() as now
        from connections c
        left join refresh_attempts r on r.id = c.attempt_id and r.started_at = c.last_attempt_at
        left join lateral otobot_service(c.organization_id, c.service) s on true
        left join token_sets t on t.connection_id = c.id and t.generation = c.generation and t.kind = 'current'
       where c.lease_until is not null
         and (c.lease_until <= otobot_now() or r.worker_number is null or ($2 and r.worker_number not in (select objid from live)))
       limit $1
         for update of c skip locked`,
    values: [limit, locksTell],
  });
}

/**
 * Of workers that live and are silent; and of those that seem dead: what they heard may be in a spool, which their successor has to read,
 * or they are frozen and lost their session too. A token that has longer to live is not asked for again before that anyway.
 */
const SILENT_WORKER_MAY_ANSWER = `interval '10 minutes'`;
const DEAD_WORKER_MAY_ANSWER = `interval '90 seconds'`;

export interface AwaitedAnswer {
  connectionId: string;
  generation: number;
  /** Something lies in a spool that this worker knows of and nobody has written yet: that may be it. */
  spooled: boolean;
}

/** Until when the answer to an attempt of this generation that was given up may still come in; null: none can any more. */
export async function findAwaitedAnswer(
  db: Queryable,
  { connectionId, generation, spooled }: AwaitedAnswer,
): Promise<Date | null> {
  const [row] = await db.query<{ until: Date | null }>({
    text: `
      with live as materialized (${LIVE_WORKERS}), lost as (
        select case when worker_number in (select objid from live) then started_at + ${SILENT_WORKER_MAY_ANSWER}
                    when $3 then least(otobot_now() + ${DEAD_WORKER_MAY_ANSWER}, started_at + ${SILENT_WORKER_MAY_ANSWER})
                    else finished_at + ${DEAD_WORKER_MAY_ANSWER} end as until
          from refresh_attempts
         where connection_id = $1 and generation = $2 and outcome = 'uncertain' and error_code = 'worker_lost'
           and started_at > otobot_now() - interval '1 day'
      )
      select max(until) as until from lost where until > otobot_now()`,
    values: [connectionId, generation, spooled],
  });
  return row?.until ?? null;
}

/**
 * Makes connections due whose token was refused just while a late answer was being stored, which the refused attempt had looked
 * for in vain: the next refusal finds it. Once per answer. Returns how many.
 */
export async function recallForLateAnswers(tx: Tx): Promise<number> {
  const rows = await tx.query({
    text: `
      update connections c set next_refresh_at = otobot_now()
        from token_sets t
       where t.kind = 'late' and t.connection_id = c.id and t.generation > c.generation and t.created_at >= c.last_attempt_at
         and c.lease_until is null
         and case when c.status = 'reauth_required' then c.next_refresh_at is null
                  else c.status = 'uncertain' and c.permanent_code is not null and c.next_refresh_at > otobot_now() end
      returning c.id`,
  });
  return rows.length;
}

/**
 * For a worker that lost its session and lives: its attempts in flight count as abandoned, and may have been swept. They are its own
 * again under the new number, with the lease they had, unless another attempt has begun.
 */
export async function takeBackAttempts(
  db: Queryable,
  workerNumber: number,
  attempts: readonly { connectionId: string; attemptId: string }[],
  leaseSeconds: number,
): Promise<void> {
  await db.query({
    text: `
      with own as materialized (
        select c.id from connections c join unnest($2::uuid[], $3::uuid[]) as o (id, attempt_id) using (id, attempt_id)
         order by c.id for no key update of c
      ), held as (
        update connections c set next_refresh_at = null, not_before_at = null, lease_until = last_attempt_at + make_interval(secs => $4)
          from own where c.id = own.id
        returning c.attempt_id, c.last_attempt_at
      )
      update refresh_attempts r set worker_number = $1, finished_at = null, outcome = null, error_code = null
        from held where r.id = held.attempt_id and r.started_at = held.last_attempt_at`,
    values: [
      workerNumber,
      attempts.map(({ connectionId }) => connectionId),
      attempts.map(({ attemptId }) => attemptId),
      leaseSeconds,
    ],
  });
}

/** Ends the records of attempts that no connection waits for any more. */
export async function endOrphanedAttempts(tx: Tx): Promise<void> {
  await tx.query({
    text: `
      with live as materialized (${LIVE_WORKERS})
      update refresh_attempts r set finished_at = otobot_now(), outcome = 'uncertain', error_code = 'worker_lost'
       where r.finished_at is null and r.worker_number not in (select objid from live)
         and not exists (select from connections c where c.id = r.connection_id and c.attempt_id = r.id and c.lease_until is not null)`,
  });
}
