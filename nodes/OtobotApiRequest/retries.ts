import { isIdempotent } from '../shared/idempotent';

export interface RetryLimits {
  /** How often one request is repeated at most, besides the one repetition with a new token. */
  maxRetries: number;
  maxWaitMs: number;
  /** Milliseconds; fails when the execution is cancelled. */
  wait: (ms: number) => Promise<void>;
  nowMs: () => number;
  /** Between 0 and 1. */
  random: () => number;
}

/**
 * Does something again while its outcome says that this is worth it.
 *
 * @param again null for an outcome to be kept; else what was said about when to come again
 */
export async function repeatedly<Outcome>(
  once: () => Promise<Outcome>,
  again: (outcome: Outcome) => { retryAfter: unknown } | null,
  { maxRetries, maxWaitMs, wait, nowMs, random }: RetryLimits,
): Promise<Outcome> {
  for (let attempt = 0; ; attempt++) {
    const outcome = await once();
    const asked = again(outcome);
    if (asked === null || attempt >= maxRetries) return outcome;
    const waitMs = waitBefore(attempt, asked.retryAfter, nowMs(), random());
    if (waitMs > maxWaitMs) return outcome;
    await wait(waitMs);
  }
}

const FIRST_WAIT_MS = 1_000;

/** The request was not carried out (429), or it may be carried out twice. */
export function isWorthRepeating(method: string, status: number): boolean {
  return status === 429 || ([502, 503, 504].includes(status) && isIdempotent(method));
}

/**
 * How long to wait before the next attempt.
 *
 * @param attempt 0 for the first repetition
 * @param retryAfter the API's own word for it: seconds, or an HTTP date
 * @param random between 0 and 1
 * @returns milliseconds
 */
export function waitBefore(attempt: number, retryAfter: unknown, nowMs: number, random: number): number {
  const asked = askedWait(retryAfter, nowMs);
  // Jitter, so that all the items of many workflows do not come back at the same moment.
  return asked ?? FIRST_WAIT_MS * 2 ** attempt * (0.5 + random / 2);
}

function askedWait(retryAfter: unknown, nowMs: number): number | null {
  if (typeof retryAfter !== 'string') return null;
  if (/^\s*\d+(\.\d+)?\s*$/.test(retryAfter)) return Number(retryAfter) * 1_000;
  const atMs = Date.parse(retryAfter);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}
