import { Problem, type ProblemCode } from '../../errors/problem';

/** Refusals that rest on facts which may have been remembered too long. A key is never refused by what is remembered of it. */
const RESTS_ON_FACTS: ReadonlySet<ProblemCode> = new Set([
  'scope_missing',
  'client_not_allowed',
  'client_suspended',
  'not_found',
  'reauth_required',
  'key_unavailable',
  'invalid_value',
  // A row that was tampered with may have been put right.
  'integrity',
]);

/** Where facts change without end, as while clients are created one after the other, an answer must still come through. */
const PATIENCE_MS = 5_000;

/**
 * Takes a decision by what is remembered and, if that was old or led to a refusal, again by what is true now.
 * `decide` gives null when the audit found its facts changed; `forget` says whether there was anything to forget.
 */
export async function decideOnFreshFacts<T>(decide: () => Promise<T | null>, forget: () => boolean): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let tries = 1; tries === 1 || performance.now() < deadline; tries++) {
    try {
      const decided = await decide();
      if (decided !== null) return decided;
      forget();
    } catch (error) {
      const mayBeOld = tries === 1 && error instanceof Problem && RESTS_ON_FACTS.has(error.code);
      if (!mayBeOld || !forget()) throw error;
    }
  }
  throw new Problem(
    'database_unavailable',
    'The facts that this answer rests on are being changed at this moment. Try again.',
    { extras: { retryAfterSeconds: 1 } },
  );
}
