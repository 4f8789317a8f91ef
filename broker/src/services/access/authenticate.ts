import { hash, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Database } from '../../db/database';
import { Problem } from '../../errors/problem';
import { findAccessKeyForAuthentication, type AccessKeyWithOrganization } from '../../repositories/access-keys';
import { findOrganization } from '../../repositories/organizations';
import { accessKeyId, parseAccessKey, type ParsedAccessKey } from '../../secrets/access-key';
import { hashesInternalToken, matchesInternalToken, type InternalTokens } from '../../secrets/internal-token';
import { isScope, PRESETS, type Scope } from '../../secrets/scopes';
import type { Vault } from '../../vault/vault';
import { isGenuine } from '../access-keys/signed-row';
import type { DatabaseClock } from '../database-clock';
import type { KeyReload } from '../encryption-keys';
import type { Presented, Principal } from './principal';

export interface Authenticator {
  /** Recognises a caller. Throws Problem `key_invalid`, the same whether the key is unknown, wrong, revoked or expired. */
  authenticate(presented: Presented | null): Promise<Principal>;
  /** The caller as far as this process remembers this very key; null: authenticate() finds out, and refuses. */
  recall(presented: Presented | null): Principal | null;
  /**
   * Drops what is remembered of this caller, because the decision on `principal` (null: he was not recognised, so nothing is) may
   * rest on old facts. What others have loaded since stays. false when nothing was remembered.
   */
  forget(presented: Presented | null, principal: Principal | null): boolean;
}

/** A key whose row passed every check, or a well-known caller. expiresAt is checked at each use. */
interface Recognised {
  secretHash: Buffer | null;
  /** SHA-256 of the whole text with which he was recognised: whoever presents the same again needs nothing taken apart. */
  textHash: Buffer | null;
  expiresAt: Date | null;
  principal: Principal;
}

export interface AuthenticatorParts {
  /** Under role otobot_audit: keys are looked up before the tenant is known. A pool of its own, which strangers may keep busy. */
  database: Database;
  vault: Vault;
  keys: KeyReload;
  internalTokens: InternalTokens;
  clock: DatabaseClock;
}

/**
 * Keys are remembered without an age: the audit commit that precedes every release compares policy_version, which moves with every
 * change to a key (services/audit), so nothing is ever decided by a memory that is out of date.
 */
export function createAuthenticator(parts: AuthenticatorParts): Authenticator {
  const { database, internalTokens, clock } = parts;
  const remembered = new LRUCache<string, Recognised>({ max: 20_000 });
  const looking = new Map<string, Promise<Recognised | null>>();

  /** Those who present the same key at the same time share one look at the database. */
  const lookUp = (parsed: ParsedAccessKey): Promise<Recognised | null> => {
    const name = nameOfLook(parsed);
    const underWay = looking.get(name);
    if (underWay !== undefined) return underWay;
    if (looking.size >= MOST_LOOKS) throw overloaded();
    const look = loadAccessKey(parts, parsed).finally(() => {
      if (looking.get(name) === look) looking.delete(name);
    });
    looking.set(name, look);
    return look;
  };

  const recogniseWellKnown = async (well: WellKnown): Promise<Principal> => {
    const known = remembered.get(well.memory);
    if (known !== undefined) return known.principal;
    const loaded = await loadWellKnown(database, well);
    if (loaded === null)
      throw new Problem(
        'not_found',
        `There is no organization "${well.organization}". List them with: otobot organization list`,
      );
    remembered.set(well.memory, loaded);
    return loaded.principal;
  };

  return {
    async authenticate(presented) {
      if (presented === null) throw invalid();
      if (presented.kind === 'operator' || matchesInternalToken(internalTokens, presented.token))
        return recogniseWellKnown(wellKnown(presented));
      const parsed = parseAccessKey(presented.token);
      if (parsed === null) throw invalid();
      const known = remembered.get(parsed.id);
      if (known !== undefined && isOpenedBy(known, parsed.secretHash, clock)) return known.principal;
      // A wrong secret is refused only after the same look that an unknown id takes, so the time tells neither from the other.
      const loaded = await lookUp(parsed);
      if (loaded === null) throw invalid();
      remembered.set(parsed.id, { ...loaded, textHash: hash('sha256', presented.token, 'buffer') });
      return loaded.principal;
    },

    recall(presented) {
      if (presented?.kind !== 'bearer') return null;
      // Before the look-up, so that a known id and an unknown one take the same time.
      const textHash = hash('sha256', presented.token, 'buffer');
      if (hashesInternalToken(internalTokens, textHash)) return remembered.get(INTERNAL)?.principal ?? null;
      const known = remembered.get(accessKeyId(presented.token));
      if (known?.textHash == null || !timingSafeEqual(known.textHash, textHash)) return null;
      return known.expiresAt === null || known.expiresAt > clock.now() ? known.principal : null;
    },

    forget(presented, principal) {
      // Who was not recognised was looked up just now, and must not make this process forget the owner of the key that he names.
      if (presented === null || principal === null) return false;
      const parsed = presented.kind === 'bearer' ? parseAccessKey(presented.token) : null;
      // A look that began before whatever made us forget may bring back the old facts.
      if (parsed !== null) looking.delete(nameOfLook(parsed));
      const name = parsed?.id ?? wellKnown(presented).memory;
      const known = remembered.get(name);
      if (known?.principal === principal) remembered.delete(name);
      return known !== undefined;
    },
  };
}

/** Whoever makes up keys without end takes no more of this process than that; keys that it remembers need no look. */
const MOST_LOOKS = 200;

const nameOfLook = ({ id, secretHash }: ParsedAccessKey): string => `${id} ${secretHash.toString('base64')}`;

function overloaded(): Problem {
  return new Problem('overloaded', 'More keys are presented than can be looked up. Try again in a second.', {
    extras: { retryAfterSeconds: 1 },
  });
}

function invalid(): Problem {
  return new Problem(
    'key_invalid',
    'Send a valid access key as "Authorization: Bearer <key>". Make one with: otobot access-key create',
  );
}

/** What the holder of INTERNAL_API_TOKEN is remembered and audited as. */
const INTERNAL = 'internal-token';

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
    : { memory: INTERNAL, actor: INTERNAL, organization: 'default', scopes: PRESETS.n8n };
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
  return { secretHash: null, textHash: null, expiresAt: null, principal };
}

/** Looks a key up. Whatever there is to refuse about it, and also where it is not there, the same is done: a look, a MAC, a comparison. */
async function loadAccessKey(
  { database, vault, keys, clock }: AuthenticatorParts,
  { id, secretHash }: ParsedAccessKey,
): Promise<Recognised | null> {
  let row = await findAccessKeyForAuthentication(database, id);
  if (row?.pepperCounts === true && vault.keyring.find(row.pepperVersion) === null) {
    // Signed under a pepper that came after this process looked, or signed anew while it looked: both are looked at once more.
    await keys.reload();
    row = await findAccessKeyForAuthentication(database, id);
  }
  if (row === null) return null;
  clock.observe(row.databaseNow);
  // Whoever can write to the database still cannot forge, widen or un-revoke a key: the row would need its MAC.
  const genuine = isGenuine(vault, row) && row.pepperCounts;
  const { secretHash: stored, expiresAt } = row;
  const recognised = { secretHash: stored, textHash: null, expiresAt, principal: principalOf(row) };
  const opens = isOpenedBy(recognised, secretHash, clock);
  // Another id is that of the stand-in for a key that there is not: its own secret opens nothing here.
  return row.id === id && genuine && opens && row.revokedAt === null && !row.organizationSuspended ? recognised : null;
}

function isOpenedBy({ secretHash, expiresAt }: Recognised, presented: Buffer, clock: DatabaseClock): boolean {
  const same = secretHash !== null && timingSafeEqual(secretHash, presented);
  return same && (expiresAt === null || expiresAt > clock.now());
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
    quota: allowanceOf(row),
    expiresAt: row.expiresAt,
  };
}

function allowanceOf({ limits }: AccessKeyWithOrganization): Principal['quota'] {
  const { quotaPerDay: perDay = null, quotaPerMonth: perMonth = null } = limits ?? {};
  return perDay === null && perMonth === null ? null : { perDay, perMonth };
}
