import type { StoredAccessKey } from '../../repositories/access-keys';

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
  createdBy: string | null;
  createdAt: Date;
}

export interface MintedAccessKey extends AccessKeyView {
  /** The key itself. Shown once and stored nowhere. */
  key: string;
}

export function viewOf(row: StoredAccessKey): AccessKeyView {
  const { id, name, environment, hint, scopes, clientIds, services, limits } = row;
  const { expiresAt, revokedAt, revokedReason, createdBy, createdAt } = row;
  return {
    id,
    name,
    environment,
    hint,
    scopes,
    clientIds,
    services,
    limits: limits ?? {},
    expiresAt,
    revokedAt,
    revokedReason,
    createdBy,
    createdAt,
  };
}
