import { transition } from '../../../src/services/refresh/transition';
import { date, dateOrNull, secondsOrNull, type Claim, type Ended, type Rules, type Seconds, type World } from './model';

export const LEASE = 60;

/** `claimDue`; null: nothing is due. The replay test holds these four to the real statements. */
export function claim(world: World, worker: number): { world: World; claim: Claim } | null {
  const { row, now, current, attempts } = world;
  if (row.nextRefreshAt === null || row.nextRefreshAt > now) return null;
  const attempt = attempts.length;
  const claimed = {
    ...row,
    ...{ attempt, nextRefreshAt: null, notBeforeAt: null, wanted: false, leaseUntil: now + LEASE, lastAttemptAt: now },
  };
  return {
    world: {
      ...world,
      row: claimed,
      attempts: [...attempts, { worker, generation: row.generation, outcome: null, lost: null }],
    },
    claim: {
      ...{ attempt, worker, startedAt: now, previousAttemptAt: row.lastAttemptAt, readerWaits: row.wanted },
      ...{ row: claimed, set: current },
    },
  };
}

/** `writeCompletions` of one. */
export function complete(
  world: World,
  { claim, recordedAs, next, set, adopted }: Ended,
  mayStillAnswer = false,
): World {
  const { row, now, attempts } = world;
  const { generation } = claim.row;
  const holds =
    row.attempt === claim.attempt ||
    (set !== null && (row.status === 'reauth_required' || row.permanentCode !== null) && row.leaseUntil === null);
  const lostAt = (isLost: boolean) => (isLost ? { at: now, startedAt: claim.startedAt } : null);
  const known = ['refreshed', 'late'].includes(attempts[claim.attempt]?.outcome ?? '');
  const written = row.generation === generation && holds;
  const outcome = set !== null && adopted === null && !written ? 'late' : recordedAs;
  const after = {
    ...world,
    attempts: known
      ? attempts
      : attempts.map((each, id) => (id === claim.attempt ? { ...each, outcome, lost: lostAt(mayStillAnswer) } : each)),
  };
  if (!written) {
    const kept = set !== null && adopted === null && !known ? [{ ...set, createdAt: now }] : [];
    return { ...after, late: [...world.late, ...kept] };
  }
  const { status, statusReason, failureCount, permanentCode, lastErrorCode } = next;
  const nextRefreshAt = secondsOrNull(next.nextRefreshAt);
  return {
    ...after,
    row: {
      ...row,
      ...{ status, statusReason, failureCount, permanentCode, lastErrorCode },
      ...{ failingSince: secondsOrNull(next.failingSince), uncertainSince: secondsOrNull(next.uncertainSince) },
      generation: row.generation + (set === null ? 0 : 1),
      nextRefreshAt: set === null ? earliest(row.nextRefreshAt, nextRefreshAt) : nextRefreshAt,
      notBeforeAt: secondsOrNull(next.notBeforeAt),
      leaseUntil: null,
      attempt: mayStillAnswer ? row.attempt : null,
    },
    current: set ?? world.current,
    late: set === null || adopted === null ? world.late : without(world.late, adopted.refreshToken),
  };
}

/** As `least` of PostgreSQL: null is no moment at all. */
const earliest = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);

/** Whether `findAbandoned` would find the connection: its lease is over, or its worker's lock is free. */
export function isAbandoned({ row, now, attempts, workers }: World): boolean {
  if (row.leaseUntil === null || row.attempt === null) return false;
  const owner = attempts[row.attempt]?.worker;
  return row.leaseUntil <= now || !workers.some(({ number }) => number === owner);
}

/** Whether `recallForLateAnswers` would make the connection due. */
export const isToRecall = ({ row, late, now }: World): boolean =>
  row.leaseUntil === null &&
  (row.status === 'reauth_required'
    ? row.nextRefreshAt === null
    : row.status === 'uncertain' &&
      row.permanentCode !== null &&
      row.nextRefreshAt !== null &&
      row.nextRefreshAt > now) &&
  late.some(({ generation, createdAt }) => generation > row.generation && createdAt >= (row.lastAttemptAt ?? 0));

/** `sweepAbandoned`. */
export function sweep(world: World, rules: Rules): World {
  const swept = isAbandoned(world) ? giveUp(world, rules) : world;
  return isToRecall(swept) ? { ...swept, row: { ...swept.row, nextRefreshAt: swept.now } } : swept;
}

function giveUp(world: World, rules: Rules): World {
  const { row, current: set, now } = world;
  const attempt = row.attempt ?? 0;
  const worker = world.attempts[attempt]?.worker ?? 0;
  const startedAt = row.lastAttemptAt ?? 0;
  const claimed = { attempt, worker, startedAt, previousAttemptAt: null, readerWaits: false, row, set };
  const next = transition(stateOf(claimed), LOST, factsOf(claimed, rules, now));
  return complete(world, { claim: claimed, recordedAs: 'uncertain', next, set: null, adopted: null }, true);
}

/** `takeBackAttempts` of one. */
export function takeBack(world: World, worker: number, { attempt }: Claim): World {
  const { row, attempts } = world;
  if (row.attempt !== attempt) return world;
  const leaseUntil = (row.lastAttemptAt ?? 0) + LEASE;
  return {
    ...world,
    row: { ...row, nextRefreshAt: null, notBeforeAt: null, leaseUntil },
    attempts: attempts.map((each, id) => (id === attempt ? { ...each, worker, outcome: null, lost: null } : each)),
  };
}

/** `findAwaitedAnswer`. */
export function awaitedAnswer({ attempts, workers, now, orphaned }: World, generation: number): Seconds | null {
  const isOwed = orphaned.length > 0 || workers.some(({ number, spool }) => number === null && spool.length > 0);
  const until = attempts.flatMap((attempt) => {
    if (attempt.generation !== generation || attempt.lost === null) return [];
    const lives = workers.some(({ number }) => number === attempt.worker);
    const atMost = attempt.lost.startedAt + SILENT_WORKER_MAY_ANSWER;
    if (lives) return atMost;
    return isOwed ? Math.min(now + DEAD_WORKER_MAY_ANSWER, atMost) : attempt.lost.at + DEAD_WORKER_MAY_ANSWER;
  });
  const latest = Math.max(...until, -Infinity);
  return latest > now ? latest : null;
}
const SILENT_WORKER_MAY_ANSWER = 600;
const DEAD_WORKER_MAY_ANSWER = 90;

const LOST = { class: 'uncertain', code: 'worker_lost', retryAfterMs: null } as const;

/** `markWanted`: a reader waits. */
export function want(world: World): World {
  const { row, now } = world;
  const pause = row.lastAttemptAt !== null && row.lastAttemptAt > now - 5 ? row.lastAttemptAt + 5 : -Infinity;
  const at = Math.max(pause, row.notBeforeAt ?? -Infinity);
  if (row.nextRefreshAt === null || row.nextRefreshAt <= at) return world;
  return { ...world, row: { ...row, wanted: true, nextRefreshAt: Math.max(at, ALWAYS) } };
}

/** For '-infinity'. */
export const ALWAYS = -1;

export const stateOf = ({ row, set }: Pick<Claim, 'row' | 'set'>) => ({
  ...row,
  failingSince: dateOrNull(row.failingSince),
  uncertainSince: dateOrNull(row.uncertainSince),
  expiresAt: date(set.expiresAt),
});

export function factsOf(claimed: Claim, { rotation, graceSeconds, random }: Rules, now: number) {
  const { startedAt, previousAttemptAt, readerWaits } = claimed;
  return {
    ...{ now: date(now), random, attemptStartedAt: date(startedAt), previousAttemptAt: dateOrNull(previousAttemptAt) },
    ...({
      readerWaits,
      hostIsOut: false,
      kind: 'oauth2',
      rotation,
      graceSeconds: rotation === 'grace' ? graceSeconds : null,
    } as const),
    ...{ refreshAheadSeconds: null, consentEndsAt: null },
  };
}

const without = <T extends { refreshToken: number }>(sets: readonly T[], token: number): T[] =>
  sets.filter(({ refreshToken }) => refreshToken !== token);
