/** What this process has used of late of each app's services.max_per_minute. */
export interface TokenBuckets {
  /** By app id, in refreshes, rounded up; apps that have used nothing of late are left out. */
  spent(): Record<string, number>;
  take(appId: string, maxPerMinute: number): void;
}

interface Level {
  spent: number;
  atMs: number;
  maxPerMinute: number;
}

const MINUTE_MS = 60_000;

/** Levels that sink with time, on a monotonic clock; how high one may rise is for the claim to say, which knows the service as it is now. */
export function createTokenBuckets(nowMs: () => number): TokenBuckets {
  const levels = new Map<string, Level>();
  const now = ({ spent, atMs, maxPerMinute }: Level, at: number): number =>
    Math.max(0, spent - ((at - atMs) * maxPerMinute) / MINUTE_MS);

  return {
    spent() {
      const at = nowMs();
      const used: Record<string, number> = {};
      for (const [appId, level] of levels) {
        const spent = Math.ceil(now(level, at));
        if (spent > 0) used[appId] = spent;
        else levels.delete(appId);
      }
      return used;
    },
    take(appId, maxPerMinute) {
      const atMs = nowMs();
      const level = levels.get(appId);
      levels.set(appId, { spent: (level === undefined ? 0 : now(level, atMs)) + 1, atMs, maxPerMinute });
    },
  };
}
