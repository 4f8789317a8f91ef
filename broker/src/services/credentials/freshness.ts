import type { ServingConnection } from '../../repositories/serving';

/**
 * fresh: serve it. aging: still valid, so a refresh is tried and the token served all the same when that fails.
 * short: it is dead, or keeps less than was promised; only a refresh helps. impossible: no token of this service lives that long.
 */
export type Freshness = 'fresh' | 'aging' | 'short' | 'impossible';

type Token = Pick<ServingConnection, 'accessSealed' | 'expiresAt' | 'lifetimeSeconds'>;

const DEFAULT_MARGIN_SECONDS = 60;
const DEFAULT_MARGIN_SHARE = 0.1;

/** minTtlSeconds null: the caller was promised nothing; a margin of min(60 s, 10 % of the lifetime) is kept where possible. */
export function freshnessOf(token: Token, minTtlSeconds: number | null, now: Date): Freshness {
  if (token.accessSealed === null) return 'short';
  if (token.expiresAt === null) return 'fresh';
  const leftSeconds = (token.expiresAt.getTime() - now.getTime()) / 1_000;
  if (leftSeconds > (minTtlSeconds ?? defaultMargin(token))) return 'fresh';
  if (minTtlSeconds === null) return leftSeconds > 0 ? 'aging' : 'short';
  return token.lifetimeSeconds !== null && token.lifetimeSeconds <= minTtlSeconds ? 'impossible' : 'short';
}

function defaultMargin({ lifetimeSeconds }: Token): number {
  return Math.min(DEFAULT_MARGIN_SECONDS, DEFAULT_MARGIN_SHARE * (lifetimeSeconds ?? 3_600));
}
