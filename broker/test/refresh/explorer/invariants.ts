import { isLive, type Call, type Phase, type Rules, type Worker, type World } from './model';
import type { Step } from './spooling';

/** What is wrong with a step; null: nothing. */
export function wrongWithStep(from: World, { to, name }: Step, rules: Rules): string | null {
  if (to.calls.length > from.calls.length) return wrongWithCall(to);
  const ends = from.row.status !== 'reauth_required' && to.row.status === 'reauth_required';
  if (ends && isLive(to, rules, to.current.refreshToken) && !wasLiedToInDoubt(from, to, rules))
    return `${name}: ended with a live token`;
  if (ends && to.workers.some((worker) => holdsAnswer(to, worker, rules)))
    return `${name}: ended while a worker that is there holds the token`;
  if (to.row.generation < from.row.generation) return `${name}: an older generation`;
  return null;
}

/**
 * The one false end there is, by design: a strict provider's refusal after an attempt of unknown end is taken for the loss that it
 * nearly always is, so that one that refuses a good token just then is believed.
 */
const wasLiedToInDoubt = (from: World, to: World, { rotation }: Rules): boolean =>
  to.happened.lie && rotation !== 'none' && from.row.uncertainSince !== null;

/** For how long a worker that keeps its session may be silent before its answer counts as lost. */
const SILENCE_SECONDS = 600;

/** Whether the attempt of a worker that PostgreSQL knows to live, frozen or not, has or is about to hear a token that the connection could live on. */
function holdsAnswer({ row, now, calls, ...world }: World, { number, phase }: Worker, rules: Rules): boolean {
  if (phase.at === 'idle' || phase.at === 'claimed') return false;
  const claim = 'ended' in phase ? phase.ended.claim : phase.claim;
  if (
    number !== world.attempts[claim.attempt]?.worker ||
    claim.row.generation !== row.generation ||
    now - claim.startedAt >= SILENCE_SECONDS
  )
    return false;
  const token = 'ended' in phase ? phase.ended.set?.refreshToken : tokenOf(phase, calls);
  return token !== undefined && isLive({ ...world, row, now, calls }, rules, token);
}

function tokenOf(phase: Extract<Phase, { at: 'waiting' | 'answered' }>, calls: readonly Call[]): number | undefined {
  if (phase.at === 'answered') return phase.granted?.refreshToken;
  const result = calls[phase.call]?.result;
  return typeof result === 'object' ? result.refreshToken : undefined;
}

/** No second call with a token unless the end of the first is on record as unknown or refused, and nobody waits for it any more. */
function wrongWithCall({ calls, attempts, workers, happened }: World): string | null {
  const call = calls.at(-1);
  const generation = attempts[call?.attempt ?? 0]?.generation;
  for (const [n, { refreshToken, attempt }] of calls.slice(0, -1).entries()) {
    const first = attempts[attempt];
    if (refreshToken !== call?.refreshToken || first === undefined) continue;
    if (first.outcome === null) return 'asked twice at once';
    if (first.generation !== generation) continue;
    if (first.outcome === 'refreshed') return 'asked again after tokens were stored';
    // One that was frozen beyond its lease may be awake again, its answer before it, when the retry leaves.
    if (happened.freeze) continue;
    const waits = workers.some(({ frozen, phase }) => !frozen && phase.at === 'waiting' && phase.call === n);
    if (waits) return 'asked twice while a live worker waits for the first answer';
  }
  return null;
}

/** What is wrong with a world in which nothing happens any more. */
export function wrongWithEnd(world: World, rules: Rules): string | null {
  const { row, current, late, attempts, happened } = world;
  const live = isLive(world, rules, current.refreshToken);
  if (row.leaseUntil !== null || attempts.some(({ outcome }) => outcome === null)) return 'an attempt never ended';
  if (world.orphaned.length > 0 || world.workers.some(({ spool }) => spool.length > 0))
    return 'an answer lies on the disk';
  const ended = row.status === 'reauth_required';
  if (!ended && row.nextRefreshAt === null) return 'never tried again';
  if (live) return row.status === 'active' || happened.lie ? null : `${row.status} with a live token`;
  if (late.some(({ refreshToken }) => isLive(world, rules, refreshToken)))
    return 'a live token lies unused among the late answers';
  if (world.onDisk.some((token) => isLive(world, rules, token))) return 'a token is lost that was on the disk';
  if (rules.rotation !== 'strict') return 'a token is lost';
  if (!happened.crash && !happened.lost && !happened.freeze) return 'a token is lost without a crash';
  return ended && row.statusReason === 'lost_rotation' ? null : 'a lost token is not told of';
}
