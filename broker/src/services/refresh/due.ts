import { SECOND } from './moments';

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
}

/**
 * When a token is to be refreshed: ahead of its end by 10 minutes or 15 % of its lifetime, whichever is more, and up to
 * 10 % of the lifetime earlier. Never ahead by more than half: a token of eleven minutes would otherwise be refreshed without end.
 */
export function dueAt({ expiresAt, lifetimeSeconds, refreshAheadSeconds, random }: Lifetime): Date {
  if (refreshAheadSeconds !== null) {
    // Some providers refuse early refreshes, so here jitter only moves towards the end. A tenth of the lifetime always passes.
    const ahead = Math.min(refreshAheadSeconds, 0.9 * lifetimeSeconds);
    return before(expiresAt, ahead * (1 - JITTER_SHARE * random));
  }
  const ahead = Math.min(Math.max(MIN_AHEAD_SECONDS, AHEAD_SHARE * lifetimeSeconds), lifetimeSeconds / 2);
  return before(expiresAt, ahead + JITTER_SHARE * lifetimeSeconds * random);
}

const before = (moment: Date, seconds: number): Date => new Date(moment.getTime() - seconds * SECOND);
