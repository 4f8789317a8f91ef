export type KeyEnvironment = 'live' | 'test';

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
