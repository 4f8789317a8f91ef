/** How long after each failed attempt the next one comes; after the last of these always as long again, for three days in all. */
export const RETRY_SECONDS: readonly number[] = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400];
/** Whatever an endpoint asks for with Retry-After. */
const MOST_SECONDS = 14_400;

/**
 * Seconds to the next attempt. Up to a fifth more, so that what failed together does not come back together; `random` in [0, 1).
 * @param retryAfterMs what the endpoint asked for; null: nothing
 */
export function retryInSeconds(attempts: number, retryAfterMs: number | null, random: number): number {
  const planned = RETRY_SECONDS[Math.min(attempts, RETRY_SECONDS.length) - 1] ?? MOST_SECONDS;
  const jittered = planned * (1 + random / 5);
  return Math.min(Math.max(jittered, (retryAfterMs ?? 0) / 1_000), MOST_SECONDS * 1.2);
}
