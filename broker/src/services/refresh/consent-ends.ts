import { NO_ENDS, type ConsentEnds } from '../../types/consent-ends';
import { SECOND, secondsAfter } from './moments';

/** What a service is known to do, in seconds; null: not known, or without such an end. */
export interface ConsentFlags {
  rotation: 'none' | 'grace' | 'strict';
  /** Without a refresh; each refresh gives it anew. */
  consentIdleSeconds: number | null;
  /** From the consent, however often it is refreshed. */
  consentSeconds: number | null;
}

/** What an answer states, in seconds from when it was asked for; null: nothing. */
export interface StatedEnds {
  refreshExpiresInSeconds: number | null;
  consentExpiresInSeconds: number | null;
}

/** Ends are stated in seconds to go, so one that stands still differs by as long as the answers take: at most 20 s. */
const SAME_WITHIN_MS = 30 * SECOND;

/** The ends of a consent that was just given. */
export function endsOfConsent(givenAt: Date, stated: StatedEnds, flags: ConsentFlags): ConsentEnds {
  // A refresh token that is never replaced ends with its consent.
  const moves = flags.rotation !== 'none';
  return endsOf(givenAt, stated, flags, { known: after(givenAt, flags.consentSeconds), moves, kept: null });
}

/**
 * The ends after a refresh that was granted. What the answer states outweighs what is known of the provider. `newToken`: it brought
 * another refresh token than the one that was used.
 */
export function endsAfterRefresh(
  before: ConsentEnds,
  { sentAt, stated, newToken }: { sentAt: Date; stated: StatedEnds; newToken: boolean },
  flags: ConsentFlags,
): ConsentEnds {
  const statedAt = after(sentAt, stated.refreshExpiresInSeconds);
  const stoodStill = isSame(statedAt, before.refreshExpiresAt) || isSame(statedAt, before.absoluteExpiresAt);
  return endsOf(sentAt, stated, flags, {
    // An end that a refresh has outlived was none.
    known: aheadOf(sentAt, before.absoluteExpiresAt),
    moves: (flags.rotation !== 'none' || newToken) && !stoodStill,
    kept: newToken ? null : aheadOf(sentAt, before.refreshExpiresAt),
  });
}

/** The ends of a consent that was given elsewhere, at a time that nobody told. */
export function endsOfImport(
  now: Date,
  consentEndsAt: Date | null,
  { consentIdleSeconds }: Pick<ConsentFlags, 'consentIdleSeconds'>,
): ConsentEnds {
  return { ...NO_ENDS, idleExpiresAt: after(now, consentIdleSeconds), absoluteExpiresAt: consentEndsAt };
}

/** The end before which it has to be refreshed, if only to move it; null: none is known, or refreshing did not move it so far. */
export function movingEndOf(ends: ConsentEnds, before: ConsentEnds = NO_ENDS): Date | null {
  const moved = (end: Date | null, from: Date | null): Date | null =>
    end !== null && (from === null || end > from) ? end : null;
  return soonest(
    moved(ends.refreshExpiresAt, before.refreshExpiresAt),
    moved(ends.idleExpiresAt, before.idleExpiresAt),
  );
}

interface Standing {
  /** The end that no refresh moves, as known so far. */
  known: Date | null;
  /** Whether the next refresh is expected to move what is stated of the refresh token. */
  moves: boolean;
  /** The stated end of a refresh token that stays in use. */
  kept: Date | null;
}

function endsOf(
  sentAt: Date,
  { refreshExpiresInSeconds, consentExpiresInSeconds }: StatedEnds,
  { rotation, consentIdleSeconds }: ConsentFlags,
  { known, moves, kept }: Standing,
): ConsentEnds {
  const statedAt = after(sentAt, refreshExpiresInSeconds);
  const fixedAt = moves ? null : steady(statedAt, known);
  const byToken =
    rotation === 'none' ? (statedAt !== null && moves ? null : (fixedAt ?? known)) : soonest(fixedAt, known);
  return {
    refreshExpiresAt: statedAt === null ? kept : moves ? statedAt : null,
    idleExpiresAt: moves && statedAt !== null ? null : after(sentAt, consentIdleSeconds),
    absoluteExpiresAt: steady(after(sentAt, consentExpiresInSeconds), known) ?? byToken,
  };
}

/** The end as it was known, where the new one means the same: whoever was told of it is not told again. */
const steady = (stated: Date | null, known: Date | null): Date | null => (isSame(stated, known) ? known : stated);
const isSame = (a: Date | null, b: Date | null): boolean =>
  a !== null && b !== null && Math.abs(a.getTime() - b.getTime()) <= SAME_WITHIN_MS;
const after = (moment: Date, seconds: number | null): Date | null =>
  seconds === null ? null : secondsAfter(moment, seconds);
const aheadOf = (moment: Date, end: Date | null): Date | null => (end !== null && end > moment ? end : null);
const soonest = (a: Date | null, b: Date | null): Date | null => (a !== null && (b === null || a < b) ? a : b);
