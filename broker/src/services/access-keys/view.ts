import type { UsedAccessKey } from '../../repositories/access-keys';

/** An access key as it is shown: neither hash nor MAC. */
export interface AccessKeyView {
  id: string;
  name: string;
  environment: 'live' | 'test';
  /** How its text begins and ends. */
  hint: string;
  scopes: readonly string[];
  /** null: every client of the organization. */
  clientIds: readonly string[] | null;
  services: readonly string[] | null;
  limits: Readonly<Record<string, number | null>>;
  expiresAt: Date | null;
  revokedAt: Date | null;
  revokedReason: string | null;
  /** The id of the key that a reroll put in its place. */
  replacedBy: string | null;
  createdBy: string | null;
  createdAt: Date;
  /** When, and from which address, it was last given something; null: never so far. */
  lastUsedAt: Date | null;
  lastUsedFrom: string | null;
  /** Credentials released since midnight, and since the first of the month, UTC. */
  usedToday: number;
  usedThisMonth: number;
}

export interface MintedAccessKey extends AccessKeyView {
  /** The key itself. Shown once and stored nowhere. */
  key: string;
}

export function viewOf(row: UsedAccessKey): AccessKeyView {
  const { id, name, environment, hint, scopes, clientIds, services, limits } = row;
  const { expiresAt, revokedAt, revokedReason, replacedBy, createdBy, createdAt } = row;
  const { lastUsedAt, lastUsedFrom, usedToday, usedThisMonth } = row;
  return {
    ...{ id, name, environment, hint, scopes, clientIds, services, limits: limits ?? {} },
    ...{ expiresAt, revokedAt, revokedReason, replacedBy, createdBy, createdAt },
    ...{ lastUsedAt, lastUsedFrom, usedToday, usedThisMonth },
  };
}
