import { isLive, type Rules, type World } from './model';
import type { Step } from './steps';

/** What is wrong with a step; null: nothing. */
export function wrongWithStep(from: World, { to, name }: Step, rules: Rules): string | null {
  if (to.calls.length > from.calls.length) return wrongWithCall(to);
  const ends = from.row.status !== 'reauth_required' && to.row.status === 'reauth_required';
  if (ends && isLive(to, rules, to.current.refreshToken) && !wasLiedToInDoubt(from, to, rules))
    return `${name}: ended with a live token`;
  if (to.row.generation < from.row.generation) return `${name}: an older generation`;
  return null;
}

/**
 * The one false end there is, by design: a strict provider's refusal after an attempt of unknown end is taken for the loss that it
 * nearly always is, so that one that refuses a good token just then is believed.
 */
const wasLiedToInDoubt = (from: World, to: World, { rotation }: Rules): boolean =>
  to.happened.lie && rotation !== 'none' && from.row.uncertainSince !== null;

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
  const ended = row.status === 'reauth_required';
  if (!ended && row.nextRefreshAt === null) return 'never tried again';
  if (live) return row.status === 'active' || happened.lie ? null : `${row.status} with a live token`;
  if (late.some(({ refreshToken }) => isLive(world, rules, refreshToken)))
    return 'a live token lies unused among the late answers';
  if (rules.rotation !== 'strict') return 'a token is lost';
  if (!happened.crash && !happened.lost && !happened.freeze) return 'a token is lost without a crash';
  return ended && row.statusReason === 'lost_rotation' ? null : 'a lost token is not told of';
}
