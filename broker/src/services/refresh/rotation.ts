import { inMs, latest, SECOND } from './moments';
import type { RefreshState } from '../../types/refresh-state';
import type { NextState, RefreshFacts } from './state';

/** The dead worker's request may still be running at the provider. */
export const UNCERTAIN_PAUSE_MS = 2 * SECOND;
/** How long before its end a token is replaced whose refresh token may be used up. */
const NEAR_EXPIRY_MS = 60 * SECOND;
/** What is left of the provider's promise for clocks and networks. */
const USABLE_GRACE = 0.8;

/** By the provider's rotation: soon where the same token may be used again, else when there is little left to lose. */
export function retryOfUncertain(
  state: RefreshState & { uncertainSince: Date },
  facts: RefreshFacts,
  { nextRefreshAt: backoffAt, notBeforeAt: pauseUntil }: NextState,
): Date {
  const soonest = latest(inMs(facts, UNCERTAIN_PAUSE_MS), pauseUntil);
  const usual = latest(soonest, backoffAt);
  if (isSpent(state, facts)) {
    const nearExpiry = new Date((state.expiresAt?.getTime() ?? 0) - NEAR_EXPIRY_MS);
    // In its last minute it is too late to wait: the backoff alone decides.
    return nearExpiry > facts.now ? latest(usual, nearExpiry) : usual;
  }
  const insideGrace = rotationOf(facts) !== 'grace' || usual < graceEnd(state.uncertainSince, facts);
  return insideGrace ? usual : soonest;
}

/** Whether the refresh token must be taken for used up: an attempt with it may have been processed and nothing allows a second use. */
export function isSpent({ uncertainSince }: RefreshState, facts: RefreshFacts): boolean {
  if (uncertainSince === null || rotationOf(facts) === 'none') return false;
  return rotationOf(facts) === 'strict' || graceEnd(uncertainSince, facts) <= facts.now;
}

/** When a token that may have been used can no longer be used again; null: nothing is uncertain, or nothing like it is promised. */
export const graceEndOf = ({ uncertainSince }: RefreshState, facts: RefreshFacts): Date | null =>
  uncertainSince === null || rotationOf(facts) !== 'grace' ? null : graceEnd(uncertainSince, facts);

const graceEnd = (since: Date, { graceSeconds }: RefreshFacts): Date =>
  new Date(since.getTime() + (graceSeconds ?? 0) * SECOND * USABLE_GRACE);

/** Neither a grant with the client's own secret nor the exchange of a long-lived token uses anything up. */
const rotationOf = ({ kind, rotation }: RefreshFacts): RefreshFacts['rotation'] =>
  kind === 'oauth2' ? rotation : 'none';
