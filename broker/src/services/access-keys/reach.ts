import { Problem } from '../../errors/problem';
import type { Reach } from '../../repositories/access-keys';
import { isSubset } from '../../secrets/scopes';
import type { AccessKeyFacts } from '../../types/access-key';
import type { Principal } from '../access/principal';
import { LIMITS, limitsOf } from './limits';

/** All that a caller may pass on. */
export function reachOf({ scopes, clientIds, services }: Principal): Reach {
  return { scopes: [...scopes], clientIds: clientIds && [...clientIds], services: services && [...services] };
}

/** Whether a key is one that the caller could have made. Others are not his to see or touch: they are not found. */
export function isWithin(key: Reach, reach: Reach): boolean {
  return (
    isSubset(key.scopes, reach.scopes) &&
    isSubset(key.clientIds, reach.clientIds) &&
    isSubset(key.services, reach.services)
  );
}

/**
 * A key mints only subsets of itself. Each is held to its own limits: what several use together is not added up. Throws Problem `scope_missing` or `client_not_allowed`, naming
 * what is too much.
 */
export function mayPassOnOrThrow(
  who: Principal,
  key: Pick<AccessKeyFacts, 'scopes' | 'clientIds' | 'services' | 'limits' | 'expiresAt'>,
): void {
  const reach = reachOf(who);
  const lacking = key.scopes.filter((scope) => !reach.scopes.includes(scope));
  if (lacking.length > 0)
    throw new Problem('scope_missing', `A key passes on only what it has itself; yours lacks ${lacking.join(', ')}.`);
  if (!isSubset(key.clientIds, reach.clientIds)) throw beyond('clientIds', reach.clientIds);
  if (!isSubset(key.services, reach.services)) throw beyond('services', reach.services);
  if (who.expiresAt !== null && (key.expiresAt === null || key.expiresAt > who.expiresAt)) {
    throw new Problem(
      'scope_missing',
      `A key passes on only what it has itself; yours ends at ${who.expiresAt.toISOString()}. Give expiresAt, not later than that.`,
    );
  }
  for (const { member, words } of LIMITS) {
    const mine = limitsOf(who)[member];
    const given = key.limits?.[member] ?? null;
    if (mine === undefined || (given !== null && given <= mine)) continue;
    throw new Problem(
      'scope_missing',
      `A key passes on only what it has itself; yours ${words(mine)}. Give limits.${member}, not more than that.`,
    );
  }
}

function beyond(member: string, allowed: readonly string[] | null): Problem {
  return new Problem(
    'client_not_allowed',
    `A key passes on only what it has itself. Give ${member} out of: ${allowed?.join(', ') ?? ''}.`,
  );
}
