import { timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Database } from '../../db/database';
import { Problem } from '../../errors/problem';
import { findAccessKeyForAuthentication, type AccessKeyWithOrganization } from '../../repositories/access-keys';
import { findOrganization } from '../../repositories/organizations';
import { accessKeyMacInput, parseAccessKey } from '../../secrets/access-key';
import { matchesInternalToken, type InternalTokens } from '../../secrets/internal-token';
import { isScope, PRESETS, type Scope } from '../../secrets/scopes';
import type { Vault } from '../../vault/vault';
import type { DatabaseClock } from '../database-clock';
import type { Presented, Principal } from './principal';

export interface Authenticator {
  /** Recognises a caller. Throws Problem `key_invalid`, the same whether the key is unknown, wrong, revoked or expired. */
  authenticate(presented: Presented | null): Promise<Principal>;
  /**
   * Drops what is remembered of this caller, because the decision on `principal` (null: he was not recognised) may rest on old
   * facts. What others have loaded since stays. false when nothing was remembered.
   */
  forget(presented: Presented | null, principal: Principal | null): boolean;
}

/** A key whose row passed every check, or a well-known caller. expiresAt is checked at each use. */
interface Recognised {
  secretHash: Buffer | null;
  expiresAt: Date | null;
  principal: Principal;
}

export interface AuthenticatorParts {
  /** Under role otobot_audit: keys are looked up before the tenant is known. */
  database: Database;
  vault: Vault;
  internalTokens: InternalTokens;
  clock: DatabaseClock;
}

/**
 * Keys are remembered without an age: the audit commit that precedes every release compares policy_version, which moves with every
 * change to a key (services/audit), so nothing is ever decided by a memory that is out of date.
 */
export function createAuthenticator({ database, vault, internalTokens, clock }: AuthenticatorParts): Authenticator {
  const remembered = new LRUCache<string, Recognised>({ max: 20_000 });

  const recall = async (name: string, load: () => Promise<Recognised | null>): Promise<Recognised | null> => {
    const known = remembered.get(name);
    if (known !== undefined) return known;
    const loaded = await load();
    if (loaded !== null) remembered.set(name, loaded);
    return loaded;
  };

  return {
    async authenticate(presented) {
      if (presented === null) throw invalid();
      if (presented.kind === 'operator' || matchesInternalToken(internalTokens, presented.token)) {
        const well = wellKnown(presented);
        const recognised = await recall(well.memory, () => loadWellKnown(database, well));
        if (recognised === null)
          throw new Problem(
            'not_found',
            `There is no organization "${well.organization}". List them with: otobot organization list`,
          );
        return recognised.principal;
      }
      const parsed = parseAccessKey(presented.token);
      if (parsed === null) throw invalid();
      const recognised = await recall(parsed.id, () => loadAccessKey(database, vault, clock, parsed.id));
      if (recognised?.secretHash == null || !timingSafeEqual(recognised.secretHash, parsed.secretHash)) throw invalid();
      if (recognised.expiresAt !== null && recognised.expiresAt <= clock.now()) throw invalid();
      return recognised.principal;
    },

    forget(presented, principal) {
      if (presented === null) return false;
      const parsed = presented.kind === 'bearer' ? parseAccessKey(presented.token) : null;
      const name = parsed?.id ?? wellKnown(presented).memory;
      const known = remembered.get(name);
      if (principal === null || known?.principal === principal) remembered.delete(name);
      return known !== undefined;
    },
  };
}

function invalid(): Problem {
  return new Problem(
    'key_invalid',
    'Send a valid access key as "Authorization: Bearer <key>". Make one with: otobot access-key create',
  );
}

interface WellKnown {
  memory: string;
  actor: string;
  organization: string;
  scopes: readonly Scope[];
}

function wellKnown(presented: Presented): WellKnown {
  return presented.kind === 'operator'
    ? {
        memory: `operator ${presented.organization}`,
        actor: 'operator',
        organization: presented.organization,
        scopes: PRESETS.operator,
      }
    : { memory: 'internal-token', actor: 'internal-token', organization: 'default', scopes: PRESETS.n8n };
}

async function loadWellKnown(
  database: Database,
  { actor, organization, scopes }: WellKnown,
): Promise<Recognised | null> {
  const row = await findOrganization(database, organization);
  if (row === null) return null;
  const principal: Principal = {
    actor,
    keyId: null,
    organizationId: row.id,
    organization: row.name,
    policyVersion: row.policyVersion,
    scopes: new Set(scopes),
    clientIds: null,
    services: null,
    ratePerMinute: null,
    quota: null,
    expiresAt: null,
  };
  return { secretHash: null, expiresAt: null, principal };
}

async function loadAccessKey(
  database: Database,
  vault: Vault,
  clock: DatabaseClock,
  id: string,
): Promise<Recognised | null> {
  const row = await findAccessKeyForAuthentication(database, id);
  if (row === null) return null;
  clock.observe(row.databaseNow);
  // Whoever can write to the database still cannot forge, widen or un-revoke a key: the row would need its MAC.
  const genuine = vault.verifyMac('pepper', row.pepperVersion, [accessKeyMacInput(row)], row.rowMac);
  if (!genuine || row.revokedAt !== null || row.organizationSuspended) return null;
  return { secretHash: row.secretHash, expiresAt: row.expiresAt, principal: principalOf(row) };
}

function principalOf(row: AccessKeyWithOrganization): Principal {
  return {
    actor: `key:${row.id}`,
    keyId: row.id,
    organizationId: row.organizationId,
    organization: row.organization,
    policyVersion: row.policyVersion,
    scopes: new Set(row.scopes.filter(isScope)),
    clientIds: row.clientIds && new Set(row.clientIds),
    services: row.services && new Set(row.services),
    ratePerMinute: row.limits?.ratePerMinute ?? null,
    quota: quotaOf(row),
    expiresAt: row.expiresAt,
  };
}

function quotaOf({ limits }: AccessKeyWithOrganization): Principal['quota'] {
  const { quotaPerDay: perDay = null, quotaPerMonth: perMonth = null } = limits ?? {};
  return perDay === null && perMonth === null ? null : { perDay, perMonth };
}
