import { backoffMs } from './backoff';
import { checkAgainAt, dueAt } from './due';
import { earliest, HOUR, inMs, latest, MINUTE, SECOND } from './moments';
import { graceEndOf, isSpent, retryOfUncertain, UNCERTAIN_PAUSE_MS } from './rotation';
import type { RefreshState } from '../../types/refresh-state';
import type { EventType, NextState, Outcome, RefreshFacts } from './state';

const CONFIRM_AFTER_AT_LEAST_MS = 10 * SECOND;
const CONFIRM_AFTER_AT_MOST_MS = 5 * MINUTE;
const PATIENCE_WITH_UNKNOWN_MS = 24 * HOUR;

type Rule<Class extends Outcome['class']> = (
  state: RefreshState,
  outcome: Extract<Outcome, { class: Class }>,
  facts: RefreshFacts,
) => NextState;

/** The whole state machine: what an outcome makes of a connection. Pure: time and chance come in by argument. */
const TRANSITIONS: { [Class in Outcome['class']]: Rule<Class> } = {
  granted: (state, { expiresAt, lifetimeSeconds, movingEndAt }, { now, random, refreshAheadSeconds }) => ({
    ...SETTLED,
    nextRefreshAt: dueAt({
      ...{ expiresAt, lifetimeSeconds, refreshAheadSeconds, random },
      movingEnd: movingEndAt && { at: movingEndAt, now },
    }),
    events: state.status === 'active' ? ['connection.refreshed'] : ['connection.refreshed', 'connection.recovered'],
    app: 'works',
  }),

  // Providers err: one refusal is confirmed before anybody is asked to connect again. A token that may have been used up needs none.
  permanent: (state, { code }, facts) => {
    if (isSpent(state, facts)) return ended(state, 'lost_rotation', code);
    if (state.permanentCode !== null) return ended(state, isOver(facts) ? 'consent_ended' : 'revoked', code);
    const confirmAt = confirmationAt(state, facts);
    return {
      ...failed(state, facts, code),
      permanentCode: code,
      nextRefreshAt: confirmAt,
      notBeforeAt: confirmAt,
      app: 'works',
    };
  },

  // Whoever was told to connect again, and then the answer came, was told so for nothing.
  awaited: (state, { code, until }, facts) => ({
    ...failed(state, facts, code),
    permanentCode: code,
    nextRefreshAt: until,
    notBeforeAt: until,
    app: 'works',
  }),

  // Nothing is wrong with the connection: it stays due, and its app is what waits.
  app: (state, _outcome, facts) => ({ ...unchanged(state), nextRefreshAt: facts.now, app: 'fails' }),

  throttled: (state, _outcome, facts) => ({ ...unchanged(state), nextRefreshAt: facts.now, app: 'waits' }),

  transient: (state, outcome, facts) => delayed(state, outcome, facts),
  malformed: (state, outcome, facts) => delayed(state, outcome, facts),
  // An answer, so no outage.
  unknown: (state, outcome, given) => {
    const facts = { ...given, hostIsOut: false };
    const next = delayed(state, outcome, facts);
    return runsOutOfPatience(state, facts) ? { ...next, events: ['connection.refresh_failed'] } : next;
  },

  uncertain: (state, { code, retryAfterMs }, facts) => {
    const uncertainSince = state.uncertainSince ?? facts.attemptStartedAt;
    const next = delayed(state, { code, retryAfterMs }, facts);
    const retryAt = retryOfUncertain({ ...state, uncertainSince }, facts, next);
    const readersFrom = isSpent({ ...state, uncertainSince }, facts) ? retryAt : inMs(facts, UNCERTAIN_PAUSE_MS);
    return {
      ...next,
      status: 'uncertain',
      uncertainSince,
      nextRefreshAt: retryAt,
      notBeforeAt: latest(readersFrom, next.notBeforeAt),
    };
  },

  // A retry sends nothing while it stays so, and works as soon as the operator has put it right.
  unusable: (state, { code }, facts) => ({
    ...delayed(state, { code, retryAfterMs: null }, { ...facts, hostIsOut: false }),
    statusReason: code,
    events: state.lastErrorCode === code ? [] : ['connection.integrity'],
  }),

  alive: (state, _outcome, facts) => ({
    ...SETTLED,
    nextRefreshAt: checkAgainAt(facts.now, facts.random),
    events: state.status === 'active' ? [] : ['connection.recovered'],
    app: null,
  }),

  early: (state, { until }) => ({ ...unchanged(state), nextRefreshAt: until, notBeforeAt: until }),
  expired: (state, { code }) => ({ ...ended(state, 'expired', code), app: null }),

  unsent: (state, { retryAfterMs }, facts) => ({
    ...unchanged(state),
    nextRefreshAt: retryAfterMs === null ? null : inMs(facts, retryAfterMs),
  }),
};

/** The state after an attempt. */
export function transition(state: RefreshState, outcome: Outcome, facts: RefreshFacts): NextState {
  const rule = TRANSITIONS[outcome.class] as Rule<Outcome['class']>;
  return rule(state, outcome, facts);
}

const SETTLED = {
  status: 'active',
  statusReason: null,
  failureCount: 0,
  failingSince: null,
  uncertainSince: null,
  permanentCode: null,
  lastErrorCode: null,
  notBeforeAt: null,
} as const;

// Field by field: a state may come with much else around it that has no place in the next one.
const unchanged = (state: RefreshState): NextState => ({
  status: state.status,
  statusReason: state.statusReason,
  failureCount: state.failureCount,
  failingSince: state.failingSince,
  uncertainSince: state.uncertainSince,
  permanentCode: state.permanentCode,
  lastErrorCode: state.lastErrorCode,
  nextRefreshAt: null,
  notBeforeAt: null,
  events: [],
  app: null,
});

/** Nobody can do anything but the person who consented. */
const ended = (state: RefreshState, reason: string, code: string): NextState => ({
  ...unchanged(state),
  status: 'reauth_required',
  statusReason: reason,
  permanentCode: code,
  lastErrorCode: code,
  failureCount: state.failureCount + 1,
  events: state.status === 'reauth_required' ? [] : ['connection.reauth_required'],
  app: 'works',
});

function failed(state: RefreshState, { now }: RefreshFacts, code: string): NextState {
  // Uncertainty lasts until an answer settles it, and an ended connection ends being so with a token only.
  const status = state.status === 'uncertain' || state.status === 'reauth_required' ? state.status : 'backoff';
  const events: EventType[] = state.status === 'active' ? ['connection.refresh_failed'] : [];
  return {
    ...unchanged(state),
    status,
    statusReason: state.status === 'reauth_required' ? state.statusReason : null,
    failureCount: state.failureCount + 1,
    failingSince: state.failingSince ?? now,
    lastErrorCode: code,
    events,
  };
}

/**
 * As long as the access token still serves there is time; once it is dead, readers wait for this answer. While an attempt of unknown
 * end may have used the refresh token up, a confirmation after the provider's grace would confirm nothing but that.
 */
function confirmationAt(state: RefreshState, facts: RefreshFacts): Date {
  const soonest = inMs(facts, CONFIRM_AFTER_AT_LEAST_MS);
  const graceEndsAt = graceEndOf(state, facts);
  const usual = earliest(inMs(facts, CONFIRM_AFTER_AT_MOST_MS), latest(soonest, state.expiresAt));
  return graceEndsAt !== null && usual >= graceEndsAt ? soonest : usual;
}

/**
 * A failure that only time heals. The confirmation of an earlier permanent refusal is still owed. An outage that is known is not charged
 * to the connection that probed it: it stays due, behind those that have waited longer.
 */
function delayed(
  state: RefreshState,
  { code, retryAfterMs }: { code: string; retryAfterMs: number | null },
  facts: RefreshFacts,
): NextState {
  if (facts.hostIsOut) return { ...unchanged(state), nextRefreshAt: facts.now };
  const pauseUntil = retryAfterMs === null ? null : inMs(facts, Math.min(retryAfterMs, HOUR));
  return {
    ...failed(state, facts, code),
    nextRefreshAt: latest(inMs(facts, backoffMs(state, facts)), pauseUntil),
    notBeforeAt: pauseUntil,
  };
}

/** Told once: when the 24 hours lie between the attempt before and this one. */
function runsOutOfPatience({ failingSince }: RefreshState, { now, previousAttemptAt }: RefreshFacts): boolean {
  if (failingSince === null) return false;
  const endsAt = failingSince.getTime() + PATIENCE_WITH_UNKNOWN_MS;
  return now.getTime() >= endsAt && (previousAttemptAt?.getTime() ?? 0) < endsAt;
}

const isOver = ({ consentEndsAt, now }: RefreshFacts): boolean => consentEndsAt !== null && consentEndsAt <= now;
