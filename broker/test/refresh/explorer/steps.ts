import { transition } from '../../../src/services/refresh/transition';
import type { Outcome } from '../../../src/services/refresh/state';
import {
  date,
  isLive,
  type Call,
  type Claim,
  type Phase,
  type Rules,
  type TokenSet,
  type Worker,
  type World,
} from './model';
import { adoptions, settled, spend, writing, type Fault, type Step } from './spooling';
import {
  awaitedAnswer,
  claim,
  factsOf,
  isAbandoned,
  isToRecall,
  LEASE,
  stateOf,
  sweep,
  takeBack,
  want,
} from './statements';

const MIN_LEASE = 25;
const TIMEOUT = 20;
const LIFETIME = 3_600;
/** A world with more than that many attempts in it is not followed further: the policies have long spoken. */
const MAX_ATTEMPTS = 6;

/** Everything that can happen next. */
export function stepsFrom(world: World, rules: Rules): Step[] {
  const workers = world.workers.flatMap((_, n) => [...workerSteps(world, rules, n), ...faultsOf(world, n)]);
  const calls = world.calls.flatMap((_, n) => providerSteps(world, rules, n));
  const sweeper = world.workers.some(({ frozen }) => !frozen) && (isAbandoned(world) || isToRecall(world));
  const sweeping = sweeper ? [{ name: 'sweep', prompt: true, to: sweep(world, rules) }] : [];
  const all = [...workers, ...calls, ...sweeping, ...adoptions(world), ...readerStep(world)];
  return all.some(({ prompt }) => prompt) ? all : [...all, ...timeStep(world)];
}

const putPhase = (world: World, n: number, phase: Phase): World => ({
  ...world,
  workers: world.workers.map((worker, each) => (each === n ? { ...worker, phase } : worker)),
});

/** What a worker does next, by services/refresh/refresh-connection and ask-provider. */
function workerSteps(world: World, rules: Rules, n: number): Step[] {
  const worker = world.workers[n];
  if (worker === undefined || worker.frozen) return [];
  const { phase, number } = worker;
  const go = (name: string, to: World, prompt = true): Step[] => [{ name: `${n}:${name}`, prompt, to }];
  if (number === null) return go('return', comeBack(world, n, phase));
  switch (phase.at) {
    case 'idle': {
      const claimed = world.attempts.length < MAX_ATTEMPTS ? claim(world, number) : null;
      return claimed === null ? [] : go('claim', putPhase(claimed.world, n, { at: 'claimed', claim: claimed.claim }));
    }
    case 'claimed':
      return go('send', send(world, n, phase.claim));
    case 'waiting':
      return waiting(world, n, phase, go);
    case 'answered':
      return go('decide', putPhase(world, n, { at: 'decided', ended: decide(world, rules, phase), spooled: false }));
    case 'decided':
      return writing(world, n, phase, go);
    case 'written':
      return go('settle', putPhase(settled(world, phase.ended), n, { at: 'idle' }));
  }
}

/** Under another number, before anything else is done. */
function comeBack(world: World, n: number, phase: Phase): World {
  const number = world.numbers + 1;
  const workers = world.workers.map((worker, each) => (each === n ? { ...worker, number } : worker));
  const back = { ...world, numbers: number, workers };
  if (phase.at === 'idle') return back;
  return takeBack(back, number, 'ended' in phase ? phase.ended.claim : phase.claim);
}

function send(world: World, n: number, claimed: Claim): World {
  const isHeld = world.workers[n]?.number === claimed.worker;
  if (!isHeld || LEASE - (world.now - claimed.startedAt) < MIN_LEASE) {
    const outcome = { class: 'unsent', code: 'lease_over', retryAfterMs: 0 } as const;
    return putPhase(world, n, { at: 'answered', claim: claimed, outcome, granted: null });
  }
  const call: Call = {
    attempt: claimed.attempt,
    refreshToken: claimed.set.refreshToken,
    slow: false,
    result: 'travelling',
  };
  const phase = { at: 'waiting', claim: claimed, call: world.calls.length, sentAt: world.now } as const;
  return putPhase({ ...world, calls: [...world.calls, call] }, n, phase);
}

function waiting(
  world: World,
  n: number,
  { claim: claimed, call, sentAt }: Extract<Phase, { at: 'waiting' }>,
  go: (name: string, to: World, prompt?: boolean) => Step[],
): Step[] {
  const result = world.calls[call]?.result ?? 'travelling';
  const ends = (outcome: Outcome, granted: TokenSet | null = null): World =>
    putPhase(world, n, { at: 'answered', claim: claimed, outcome, granted });
  const silence = ends({ class: 'uncertain', code: 'timeout', retryAfterMs: null });
  const timeout = world.now - sentAt >= TIMEOUT ? go('time out', silence) : [];
  if (result === 'travelling') return timeout;
  const cut = spend(silence, 'lost').map((to) => ({ name: `${n}:answer lost`, prompt: false, to }));
  if (result === 'refused') {
    return [...go('hear no', ends({ class: 'permanent', code: 'invalid_grant', retryAfterMs: null })), ...cut];
  }
  const expiresAt = sentAt + LIFETIME;
  const granted = { generation: claimed.row.generation + 1, refreshToken: result.refreshToken, expiresAt };
  const outcome = {
    class: 'granted',
    expiresAt: date(expiresAt),
    lifetimeSeconds: LIFETIME,
    movingEndAt: null,
  } as const;
  return [...go('hear yes', ends(outcome, granted)), ...cut];
}

/** What a refusal means where an answer came late, or may still come. */
function settle(world: World, { row }: Claim, outcome: Outcome, late: TokenSet | null): Outcome {
  if (late !== null)
    return { class: 'granted', expiresAt: date(late.expiresAt), lifetimeSeconds: LIFETIME, movingEndAt: null };
  if (outcome.class !== 'permanent' || row.uncertainSince === null) return outcome;
  const until = awaitedAnswer(world, row.generation);
  return until === null ? outcome : { class: 'awaited', code: outcome.code, until: date(until) };
}

/** The late set, then the pure function, as refreshConnection does. */
function decide(world: World, rules: Rules, { claim: claimed, outcome, granted }: Extract<Phase, { at: 'answered' }>) {
  const late = outcome.class === 'permanent' ? findLate(world, claimed.row.generation) : null;
  const set = late === null ? granted : { ...late, generation: claimed.row.generation + 1 };
  const next = transition(stateOf(claimed), settle(world, claimed, outcome, late), factsOf(claimed, rules, world.now));
  const recordedAs = outcome.class === 'granted' ? 'refreshed' : outcome.class;
  const bare = set && { generation: set.generation, refreshToken: set.refreshToken, expiresAt: set.expiresAt };
  return { claim: claimed, recordedAs, next, set: bare, adopted: late };
}

/** `findLateSet`. */
const findLate = ({ late }: World, generation: number): TokenSet | null =>
  late.filter((set) => set.generation >= generation).at(-1) ?? null;

/** The provider takes up a request; at its worst it refuses a good token once. */
function providerSteps(world: World, rules: Rules, n: number): Step[] {
  const call = world.calls[n];
  if (call?.result !== 'travelling') return [];
  const settle = (changed: World, result: Call['result']): World => ({
    ...changed,
    calls: changed.calls.map((each, id) => (id === n ? { ...each, result } : each)),
  });
  const token = call.refreshToken;
  const awaited = world.workers.some(({ phase }) => phase.at === 'waiting' && phase.call === n);
  // Of somebody who is gone, it may still arrive at any time.
  const step = (name: string, to: World, prompt = awaited && !call.slow): Step => ({
    name: `${name} ${n}`,
    prompt,
    to,
  });
  const slow = { ...world, calls: world.calls.map((each, id) => (id === n ? { ...each, slow: true } : each)) };
  const hang = awaited && !call.slow ? spend(slow, 'lost').map((to) => step('provider slow for', to, false)) : [];
  if (!isLive(world, rules, token)) return [step('provider refuses', settle(world, 'refused')), ...hang];
  const usedAt = world.usedAt.map((used, each) => (each === token ? (used ?? firstUse(world, rules)) : used));
  const rotates = rules.rotation !== 'none';
  const granted = { refreshToken: rotates ? usedAt.length : token };
  const yes = settle({ ...world, usedAt: rotates ? [...usedAt, null] : usedAt }, granted);
  const lies = world.happened.lie || !awaited ? [] : spend(settle(world, 'refused'), 'lie');
  return [step('provider grants', yes), ...lies.map((to) => step('provider lies to', to, false)), ...hang];
}

/** The moment only matters where there is a grace that begins with it. */
const firstUse = ({ now }: World, { rotation }: Rules): number => (rotation === 'grace' ? now : 0);

/** Killed and started again; frozen; its session cut, so that its lock is free though it lives. */
function faultsOf(world: World, n: number): Step[] {
  const worker = world.workers[n];
  if (worker === undefined) return [];
  const put = (changed: Partial<Worker>): World => ({
    ...world,
    numbers: Math.max(world.numbers, changed.number ?? 0),
    workers: world.workers.map((each, id) => (id === n ? { ...each, ...changed } : each)),
  });
  const busy = worker.phase.at !== 'idle';
  const others = world.workers.some((each, id) => id !== n && !each.frozen);
  const faults: [Fault, World][] = [];
  const restarted = put({ number: world.numbers + 1, frozen: false, phase: { at: 'idle' }, spool: [] });
  if (busy) faults.push(['crash', { ...restarted, orphaned: [...world.orphaned, ...worker.spool] }]);
  if (busy && worker.number !== null) faults.push(['cut', put({ number: null })]);
  if (busy && !worker.frozen && others) faults.push(['freeze', put({ frozen: true })]);
  const thaw = worker.frozen ? [{ name: `${n}:thaw`, prompt: false, to: put({ frozen: false }) }] : [];
  return [
    ...faults.flatMap(([fault, to]) =>
      spend(to, fault).map((spent) => ({ name: `${n}:${fault}`, prompt: false, to: spent })),
    ),
    ...thaw,
  ];
}

/** A reader asks for a fresh token, where that would change anything. */
function readerStep(world: World): Step[] {
  const to = world.readersLeft === 0 ? world : want({ ...world, readersLeft: world.readersLeft - 1 });
  return to.row === world.row ? [] : [{ name: 'reader', prompt: false, to }];
}

/** To the next moment at which anything can happen by itself. The next refresh of a connection that is well again is another story. */
function timeStep(world: World): Step[] {
  const { now, row, workers } = world;
  const well = row.status === 'active' && row.generation > 1;
  const moments = [
    well || world.attempts.length >= MAX_ATTEMPTS ? null : row.nextRefreshAt,
    row.leaseUntil,
    ...workers.map(({ phase, frozen }) => (phase.at === 'waiting' && !frozen ? phase.sentAt + TIMEOUT : null)),
  ].filter((moment): moment is number => moment !== null && moment > now);
  return moments.length === 0 ? [] : [{ name: 'time', prompt: false, to: { ...world, now: Math.min(...moments) } }];
}

/** Whether nothing happens in a world any more only because it has been followed for long enough. */
export const isTooLong = ({ attempts, row }: World): boolean =>
  attempts.length >= MAX_ATTEMPTS && row.nextRefreshAt !== null && row.status !== 'active';
