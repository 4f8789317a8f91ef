import fc from 'fast-check';
import type { RefreshState } from '../../src/types/refresh-state';
import type { NextState, Outcome, RefreshFacts } from '../../src/services/refresh/state';
import { transition } from '../../src/services/refresh/transition';

const RUNS = 10_000;
const START = Date.UTC(2030, 0, 1);
const HOUR_S = 3_600;
const DAY_S = 86_400;

/** What must be known of a history to judge its next step; far simpler than the state machine. */
interface Model {
  ended: boolean;
  /** Refusals since the last token. */
  refusals: number;
  /** Attempts of unknown end since the last token. */
  unknownEnds: number;
}
/** The machine under test, with the clock that its steps move on. */
interface Real {
  now: number;
  state: RefreshState;
}
type Given = Pick<RefreshFacts, 'random' | 'readerWaits' | 'hostIsOut' | 'rotation' | 'graceSeconds' | 'kind'>;

/** One attempt ends so, at the moment that the step before asked for, or `lateSeconds` later. */
class AttemptEnds implements fc.Command<Model, Real> {
  constructor(
    private readonly outcome: (now: Date) => Outcome,
    private readonly given: Given,
    private readonly lateSeconds: number,
  ) {}

  check(): boolean {
    return true;
  }

  run(model: Model, real: Real): void {
    real.now += this.lateSeconds * 1_000;
    const now = new Date(real.now);
    const outcome = this.outcome(now);
    const facts: RefreshFacts = {
      ...{ ...this.given, now, attemptStartedAt: now, previousAttemptAt: null },
      ...{ refreshAheadSeconds: null, consentEndsAt: null },
    };
    const before = real.state;
    const next = transition(before, outcome, facts);
    judge({ model, before, outcome, next, now, hostIsOut: this.given.hostIsOut });
    remember(model, outcome, next);
    real.state = { ...next, expiresAt: outcome.class === 'granted' ? outcome.expiresAt : before.expiresAt };
    real.now = Math.max(real.now, next.nextRefreshAt?.getTime() ?? 0);
  }

  toString(): string {
    return `${this.outcome(new Date(START)).class}(${JSON.stringify(this.given)}, +${this.lateSeconds} s)`;
  }
}

function judge({
  model,
  before,
  outcome,
  next,
  now,
  hostIsOut,
}: {
  model: Model;
  before: RefreshState;
  outcome: Outcome;
  next: NextState;
  now: Date;
  hostIsOut: boolean;
}): void {
  const ends = next.status === 'reauth_required' && !model.ended;
  // Only by a refusal that was confirmed, or that follows an attempt which may have used the token up; or by a token that expired unrenewable.
  if (ends && outcome.class !== 'expired')
    expect([outcome.class, model.refusals + model.unknownEnds > 0]).toEqual(['permanent', true]);
  expect(next.events.includes('connection.reauth_required')).toBe(ends);
  // Only a new token, or the old one where it still works, makes it active again, and settles all.
  const works = outcome.class === 'granted' || outcome.class === 'alive';
  const blamesOthers = [
    ...['app', 'unsent', 'early', 'throttled'],
    ...(hostIsOut ? ['transient', 'malformed'] : []),
  ].includes(outcome.class);
  const staysActive = before.status === 'active' && blamesOthers;
  if (blamesOthers) expect(next).toMatchObject({ failureCount: before.failureCount, status: before.status });
  expect(next.status === 'active').toBe(works || staysActive);
  if (works) expect(next).toMatchObject({ failureCount: 0, uncertainSince: null, permanentCode: null });
  // What is not known is not forgotten before it is settled.
  else if (model.unknownEnds > 0) expect(next.uncertainSince).not.toBeNull();
  if (next.status === 'reauth_required' && next.nextRefreshAt === null) return;
  // Tried again: not in the past, and no later than an hour after what its token allows.
  const inSeconds = ((next.nextRefreshAt?.getTime() ?? NaN) - now.getTime()) / 1_000;
  const lives = [before.expiresAt, outcome.class === 'granted' ? outcome.expiresAt : null].map(
    (end) => ((end?.getTime() ?? 0) - now.getTime()) / 1_000,
  );
  expect(inSeconds).toBeGreaterThanOrEqual(0);
  const patience = outcome.class === 'alive' || outcome.class === 'early' ? DAY_S : HOUR_S;
  expect(inSeconds).toBeLessThanOrEqual(Math.max(patience, ...lives));
  expect((next.notBeforeAt?.getTime() ?? 0) <= (next.nextRefreshAt?.getTime() ?? 0)).toBe(true);
}

function remember(model: Model, outcome: Outcome, { status }: NextState): void {
  if (outcome.class === 'granted' || outcome.class === 'alive') Object.assign(model, { refusals: 0, unknownEnds: 0 });
  if (outcome.class === 'permanent' || outcome.class === 'awaited') model.refusals += 1;
  if (outcome.class === 'uncertain') model.unknownEnds += 1;
  model.ended = status === 'reauth_required';
}

const code = fc.constantFrom('timeout', 'invalid_grant', 'http_503', 'weird');
const retryAfterMs = fc.option(fc.integer({ min: 0, max: 1e9 }));
const failures = fc.record({
  class: fc.constantFrom('permanent', 'app', 'malformed', 'transient', 'throttled', 'unknown', 'uncertain'),
  ...{ code, retryAfterMs },
}) as fc.Arbitrary<Outcome>;
const unsent = fc.record({
  class: fc.constant('unsent' as const),
  code,
  retryAfterMs: fc.integer({ min: 0, max: 60_000 }),
});
const unusable = fc.record({
  class: fc.constant('unusable' as const),
  code: fc.constantFrom('integrity', 'service_unusable'),
});
const alive = fc.constant({ class: 'alive' } as const);
const expired = fc.constant({ class: 'expired', code: 'token_expired' } as const);
const outcomes: fc.Arbitrary<(now: Date) => Outcome> = fc.oneof(
  fc.integer({ min: 1, max: 31_536_000 }).map((seconds) => (now: Date): Outcome => ({
    ...{
      class: 'granted',
      expiresAt: new Date(now.getTime() + seconds * 1_000),
      lifetimeSeconds: seconds,
      movingEndAt: null,
    },
  })),
  fc.integer({ min: 1, max: 600 }).map((seconds) => (now: Date): Outcome => ({
    ...{ class: 'awaited', code: 'invalid_grant', until: new Date(now.getTime() + seconds * 1_000) },
  })),
  fc.integer({ min: 1, max: DAY_S }).map((seconds) => (now: Date): Outcome => ({
    ...{ class: 'early', code: 'token_too_young', until: new Date(now.getTime() + seconds * 1_000) },
  })),
  fc.oneof({ weight: 6, arbitrary: failures }, unsent, unusable, alive, expired).map((outcome) => () => outcome),
);
const given: fc.Arbitrary<Given> = fc.record({
  random: fc.double({ min: 0, max: 0.999_999, noNaN: true }),
  readerWaits: fc.boolean(),
  hostIsOut: fc.boolean(),
  rotation: fc.constantFrom('none', 'grace', 'strict'),
  graceSeconds: fc.constantFrom(30, 600, 1_800),
  kind: fc.constantFrom('oauth2', 'client_credentials', 'long_lived'),
});
const lateness = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100_000 }));
const attempts = fc
  .tuple(outcomes, given, lateness)
  .map(([outcome, facts, late]) => new AttemptEnds(outcome, facts, late));

const settled = {
  statusReason: null,
  failureCount: 0,
  failingSince: null,
  uncertainSince: null,
  permanentCode: null,
  lastErrorCode: null,
};

test(`whatever happens, in any order: ${RUNS} histories end, wait and recover only as they may`, () => {
  const lifetimes = fc.integer({ min: -100_000, max: 100_000 });
  fc.assert(
    fc.property(lifetimes, fc.commands([attempts], { maxCommands: 12 }), (lifetime, history) => {
      const expiresAt = new Date(START + lifetime * 1_000);
      const setup = (): { model: Model; real: Real } => ({
        model: { ended: false, refusals: 0, unknownEnds: 0 },
        real: { now: START, state: { ...settled, status: 'active', expiresAt } },
      });
      fc.modelRun(setup, history);
    }),
    { numRuns: RUNS },
  );
}, 60_000);
