import { Problem, type ProblemCode } from '../../errors/problem';

/** Refusals that rest on facts which may have been remembered too long. */
const RESTS_ON_FACTS: ReadonlySet<ProblemCode> = new Set([
  'key_invalid',
  'scope_missing',
  'client_not_allowed',
  'client_suspended',
  'not_found',
  'reauth_required',
  'key_unavailable',
]);

/**
 * Takes a decision by what is remembered and, if that was old or led to a refusal, once more by what is true now.
 * `decide` gives null when the audit found its facts changed; `forget` says whether there was anything to forget.
 */
export async function decideOnFreshFacts<T>(decide: () => Promise<T | null>, forget: () => boolean): Promise<T> {
  try {
    const decided = await decide();
    if (decided !== null) return decided;
    forget();
  } catch (error) {
    const mayBeOld = error instanceof Problem && RESTS_ON_FACTS.has(error.code);
    if (!mayBeOld || !forget()) throw error;
  }
  const decided = await decide();
  if (decided !== null) return decided;
  throw new Problem(
    'database_unavailable',
    'The facts that this answer rests on are being changed at this moment. Try again.',
    {
      extras: { retryAfterSeconds: 1 },
    },
  );
}
