import { earliest, SECOND } from './moments';

const MIN_AHEAD_SECONDS = 600;
const AHEAD_SHARE = 0.15;
const JITTER_SHARE = 0.1;

export interface Lifetime {
  expiresAt: Date;
  /** From the answer to `expiresAt`. */
  lifetimeSeconds: number;
  /** services.refresh_ahead_seconds; null: by the general rule. */
  refreshAheadSeconds: number | null;
  /** In [0, 1). Spreads connections that were made together. */
  random: number;
  /** The end of a consent that a refresh moves; null or not given: none is known. */
  movingEnd?: { at: Date; now: Date } | null;
}

/**
 * When a token is to be refreshed: ahead of its end by 10 minutes or 15 % of its lifetime, whichever is more, and up to
 * 10 % of the lifetime earlier. Never ahead by more than half: a token of eleven minutes would otherwise be refreshed without end.
 * A consent that ends unless it is refreshed counts as one that expires then: a token of 30 days must not outlive an idle end of 7.
 */
export function dueAt({ movingEnd = null, ...token }: Lifetime): Date {
  const byToken = aheadOf(token);
  if (movingEnd === null) return byToken;
  const lifetimeSeconds = Math.max(0, movingEnd.at.getTime() - movingEnd.now.getTime()) / SECOND;
  const byConsent = { expiresAt: movingEnd.at, lifetimeSeconds, refreshAheadSeconds: null, random: token.random };
  return earliest(byToken, aheadOf(byConsent));
}

function aheadOf({ expiresAt, lifetimeSeconds, refreshAheadSeconds, random }: Omit<Lifetime, 'movingEnd'>): Date {
  if (refreshAheadSeconds !== null) {
    // Some providers refuse early refreshes, so here jitter only moves towards the end. A tenth of the lifetime always passes.
    const ahead = Math.min(refreshAheadSeconds, 0.9 * lifetimeSeconds);
    return before(expiresAt, ahead * (1 - JITTER_SHARE * random));
  }
  const ahead = Math.min(Math.max(MIN_AHEAD_SECONDS, AHEAD_SHARE * lifetimeSeconds), lifetimeSeconds / 2);
  return before(expiresAt, ahead + JITTER_SHARE * lifetimeSeconds * random);
}

const CHECK_EVERY_SECONDS = 86_400;

/** When a token that is only asked after is asked after next: about daily. */
export function checkAgainAt(now: Date, random: number): Date {
  return new Date(now.getTime() + CHECK_EVERY_SECONDS * (1 - JITTER_SHARE * random) * SECOND);
}

const before = (moment: Date, seconds: number): Date => new Date(moment.getTime() - seconds * SECOND);
