import { HOUR, MINUTE, SECOND } from '../refresh/moments';

/** A token is replaced in n8n at least so long before its end; of a short-lived one, half its life. */
const AHEAD_MS = 5 * MINUTE;
const CHECK_EVERY_MS = HOUR;
/** How soon to ask again for a refresh that has not come. */
export const ASK_AGAIN_SECONDS = 15;

export interface Standing {
  now: Date;
  expiresAt: Date | null;
  lifetimeSeconds: number | null;
  /** There will be a refresh that may be asked for earlier. */
  mayHasten: boolean;
}

/** Whether the token that stands in n8n ends so soon that its successor is to be asked for now. */
export function isEnding({ now, expiresAt, lifetimeSeconds, mayHasten }: Standing): boolean {
  if (expiresAt === null || expiresAt <= now || !mayHasten) return false;
  return expiresAt.getTime() - aheadMs(lifetimeSeconds) <= now.getTime();
}

/** When to look at it again without a sign: in an hour, to find what others did to it, or when it comes near its end. In seconds. */
export function nextLookSeconds({ now, expiresAt, lifetimeSeconds, mayHasten }: Standing): number {
  if (expiresAt === null || expiresAt <= now || !mayHasten) return CHECK_EVERY_MS / SECOND;
  const leftMs = expiresAt.getTime() - aheadMs(lifetimeSeconds) - now.getTime();
  return Math.min(CHECK_EVERY_MS, Math.max(SECOND, leftMs)) / SECOND;
}

function aheadMs(lifetimeSeconds: number | null): number {
  return lifetimeSeconds === null ? AHEAD_MS : Math.min(AHEAD_MS, (lifetimeSeconds * SECOND) / 2);
}
