import type { ServingConnection } from '../../repositories/serving';

/**
 * fresh: serve it, at once. short: it is dead, or keeps less than was promised; only a refresh helps. impossible: no token of this
 * service lives that long.
 */
export type Freshness = 'fresh' | 'short' | 'impossible';

type Token = Pick<ServingConnection, 'accessSealed' | 'expiresAt' | 'lifetimeSeconds'>;

/** minTtlSeconds null: the caller was promised nothing, and gets what is still valid: workers refresh ahead of its end, asked or not. */
export function freshnessOf(token: Token, minTtlSeconds: number | null, now: Date): Freshness {
  if (token.accessSealed === null) return 'short';
  if (token.expiresAt === null) return 'fresh';
  const leftSeconds = (token.expiresAt.getTime() - now.getTime()) / 1_000;
  if (leftSeconds > (minTtlSeconds ?? 0)) return 'fresh';
  if (minTtlSeconds === null || token.lifetimeSeconds === null) return 'short';
  return token.lifetimeSeconds <= minTtlSeconds ? 'impossible' : 'short';
}
