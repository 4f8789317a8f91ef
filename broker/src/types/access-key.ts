export type KeyEnvironment = 'live' | 'test';

/** How much a key may be used; null, or left out: without such a limit. Stored as they are in `access_keys.limits`. */
export interface KeyLimits {
  /** Requests a minute. */
  ratePerMinute?: number | null | undefined;
  /** Credentials released a day, and a month, by the calendar in UTC. */
  quotaPerDay?: number | null | undefined;
  quotaPerMonth?: number | null | undefined;
}

/** The row of an access key, as far as its MAC protects it. */
export interface AccessKeyFacts {
  id: string;
  organizationId: string;
  environment: KeyEnvironment;
  scopes: readonly string[];
  /** null: every client of the organization. */
  clientIds: readonly string[] | null;
  /** null: every service. */
  services: readonly string[] | null;
  limits: Readonly<Record<string, number | null>> | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
  secretHash: Buffer;
}
