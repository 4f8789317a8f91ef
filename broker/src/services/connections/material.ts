import { Problem } from '../../errors/problem';
import type { Service } from '../../repositories/services';
import type { ConnectionKind } from '../../types/credential';
import { dueAt } from '../refresh/due';
import { firstDueAt } from '../refresh/first-due';
import { renewingSecret, wayOf } from '../refresh/way';

/** What a credential consists of, as it is handed over. */
export interface Material {
  accessToken?: string | undefined;
  refreshToken?: string | undefined;
  apiKey?: string | undefined;
  username?: string | undefined;
  password?: string | undefined;
  expiresAt?: Date | undefined;
}
type Member = keyof Material;

interface KindOfMaterial {
  takes: readonly Member[];
  isEnough: (given: Material) => boolean;
  needs: string;
  hasTokenEndpoint: boolean;
}

const KINDS: Readonly<Record<ConnectionKind, KindOfMaterial>> = {
  oauth2: {
    takes: ['accessToken', 'refreshToken', 'expiresAt'],
    isEnough: ({ accessToken, refreshToken }) => accessToken !== undefined || refreshToken !== undefined,
    needs: 'refreshToken, accessToken, or both with expiresAt',
    hasTokenEndpoint: true,
  },
  client_credentials: {
    takes: ['accessToken', 'expiresAt'],
    isEnough: () => true,
    needs: 'nothing: its tokens come by the app of the service',
    hasTokenEndpoint: true,
  },
  long_lived: {
    takes: ['accessToken', 'expiresAt'],
    isEnough: ({ accessToken }) => accessToken !== undefined,
    needs: 'accessToken, and expiresAt',
    hasTokenEndpoint: true,
  },
  api_key: {
    takes: ['apiKey', 'expiresAt'],
    isEnough: ({ apiKey }) => apiKey !== undefined,
    needs: 'apiKey',
    hasTokenEndpoint: false,
  },
  basic: {
    takes: ['username', 'password', 'expiresAt'],
    isEnough: ({ username, password }) => username !== undefined && password !== undefined,
    needs: 'username and password',
    hasTokenEndpoint: false,
  },
};

/** Throws Problem `invalid_value` when the parts do not make a credential of this kind, saying which would. */
export function checkMaterial(kind: ConnectionKind, given: Material, service: Service): void {
  const { takes, isEnough, needs, hasTokenEndpoint } = KINDS[kind];
  const superfluous = (Object.keys(given) as Member[]).find(
    (member) => given[member] !== undefined && !takes.includes(member),
  );
  if (superfluous !== undefined)
    throw unfit(
      `${superfluous}: a connection of kind ${kind} has none; it takes ${needs}. Leave it out, or give another kind.`,
    );
  if (!isEnough(given)) throw unfit(`A connection of kind ${kind} needs ${needs}.`);
  if (hasTokenEndpoint && service.tokenUrl === null) {
    throw unfit(
      `Service "${service.name}" has no tokenUrl, so it cannot have connections of kind ${kind}. Add one with PATCH /v1/services/${service.name}, or give another kind.`,
    );
  }
  if (given.expiresAt !== undefined && secretsOf(kind, service, given).access === null) {
    throw unfit(
      'expiresAt: is the end of the accessToken, and there is none. Leave it out: a token is fetched at once.',
    );
  }
}

/** The two secrets that are sealed: what is served, and what brings the next. */
export function secretsOf(
  kind: ConnectionKind,
  service: Service,
  { accessToken, refreshToken, apiKey, username, password }: Material,
): { access: string | null; refresh: string | null } {
  if (kind === 'api_key') return { access: apiKey ?? null, refresh: null };
  if (kind === 'basic') return { access: JSON.stringify({ username, password }), refresh: null };
  const tokens = { access: accessToken ?? null, refresh: refreshToken ?? null };
  return { ...tokens, refresh: renewingSecret(kind, service, tokens) };
}

export interface Lifespan {
  expiresAt: Date | null;
  lifetimeSeconds: number | null;
  /** null: nothing will renew it. */
  nextRefreshAt: Date | null;
}

/** When an imported credential ends and when it is to be renewed. `random` in [0, 1). */
export function lifespanOf(
  kind: ConnectionKind,
  given: Material,
  service: Service,
  { now, random, movingEndAt }: { now: Date; random: number; movingEndAt: Date | null },
): Lifespan {
  const { access, refresh } = secretsOf(kind, service, given);
  const isRenewed = kind === 'client_credentials' || refresh !== null;
  if (access === null) return { expiresAt: null, lifetimeSeconds: null, nextRefreshAt: isRenewed ? now : null };
  // Asked after at once: nobody has looked yet whether it works.
  if (wayOf(kind, service)?.by === 'check')
    return { expiresAt: given.expiresAt ?? null, lifetimeSeconds: null, nextRefreshAt: now };
  // Without a stated end: what can be renewed is taken to live as long as the provider's usually do; what cannot would only be
  // taken out of service by a guess.
  const expiresAt = given.expiresAt ?? (isRenewed ? new Date(now.getTime() + service.defaultTtlSeconds * 1_000) : null);
  if (expiresAt === null) return { expiresAt, lifetimeSeconds: null, nextRefreshAt: null };
  // It was issued some time ago, so what is left is not its whole lifetime.
  const lifetimeSeconds = Math.max(service.defaultTtlSeconds, Math.ceil((expiresAt.getTime() - now.getTime()) / 1_000));
  const { refreshAheadSeconds } = service;
  const movingEnd = movingEndAt && { at: movingEndAt, now };
  if (kind === 'long_lived' && isRenewed) {
    const handedOver = { kind, service, issuedAt: now, random };
    // Without a stated end, its age and its end are guesses: renewed as soon as that may be, it has ones that are known.
    const lifetime = { expiresAt: given.expiresAt ?? now, lifetimeSeconds, refreshAheadSeconds, random };
    return { expiresAt, lifetimeSeconds, nextRefreshAt: firstDueAt(handedOver, lifetime) };
  }
  return {
    expiresAt,
    lifetimeSeconds,
    nextRefreshAt: isRenewed ? dueAt({ expiresAt, lifetimeSeconds, refreshAheadSeconds, random, movingEnd }) : null,
  };
}

const unfit = (detail: string): Problem => new Problem('invalid_value', detail);
