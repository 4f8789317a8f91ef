import type { Queryable, Tx } from '../db/database';
import type { AccessKeyFacts } from '../types/access-key';

/** A row of access_keys as far as its MAC covers it, with that MAC. */
export interface StoredAccessKey extends AccessKeyFacts {
  name: string;
  hint: string;
  rowMac: Buffer;
  pepperVersion: number;
  revokedReason: string | null;
  createdBy: string | null;
  createdAt: Date;
}

/** With how it is used, which is nobody's power and therefore under no MAC. */
export interface UsedAccessKey extends StoredAccessKey {
  replacedBy: string | null;
  lastUsedAt: Date | null;
  lastUsedFrom: string | null;
  /** Credentials released since midnight, and since the first of the month, UTC. */
  usedToday: number;
  usedThisMonth: number;
}

/** For authentication, which comes before the tenant is known: the key with its organization, as of one moment. */
export interface AccessKeyWithOrganization extends StoredAccessKey {
  organization: string;
  organizationSuspended: boolean;
  /** Whether the pepper that it is signed under has neither been destroyed nor been made up. */
  pepperCounts: boolean;
  policyVersion: number;
  databaseNow: Date;
}

export const KEY_COLUMNS = `k.id, k.organization_id as "organizationId", k.name, k.environment, k.scopes, k.client_ids as "clientIds", k.services, k.limits,
  k.hint, k.secret_hash as "secretHash", k.row_mac as "rowMac", k.pepper_version as "pepperVersion", k.expires_at as "expiresAt",
  k.revoked_at as "revokedAt", k.revoked_reason as "revokedReason", k.created_by as "createdBy", k.created_at as "createdAt"`;

const USAGE = `k.replaced_by as "replacedBy", u.last_used_at as "lastUsedAt", u.last_used_ip as "lastUsedFrom",
  case when u.day = (otobot_now() at time zone 'UTC')::date then u.day_count else 0 end as "usedToday",
  case when u.month = date_trunc('month', otobot_now() at time zone 'UTC')::date then u.month_count else 0 end as "usedThisMonth"`;
const USED_KEYS = `select ${KEY_COLUMNS}, ${USAGE} from access_keys k left join access_key_usage u on u.key_id = k.id`;

/**
 * The key of that id; where there is none, some other key, which must open nothing: so that the database does the same for both and the
 * time does not tell. null: there is no key at all.
 */
export async function findAccessKeyForAuthentication(
  db: Queryable,
  id: string,
): Promise<AccessKeyWithOrganization | null> {
  const [row] = await db.query<AccessKeyWithOrganization>({
    name: 'find-access-key-for-authentication',
    text: `select ${KEY_COLUMNS}, o.name as organization, o.suspended_at is not null as "organizationSuspended",
                  o.policy_version as "policyVersion", otobot_now() as "databaseNow",
                  exists (select from encryption_keys e
                           where e.version = k.pepper_version and e.purpose = 'pepper' and e.status <> 'destroyed') as "pepperCounts"
             from access_keys k join organizations o on o.id = k.organization_id
            where k.id = coalesce((select id from access_keys where id = $1), (select id from access_keys order by id limit 1))`,
    values: [id],
  });
  return row ?? null;
}

export async function findAccessKey(tx: Tx, organizationId: string, id: string): Promise<UsedAccessKey | null> {
  const [row] = await tx.query<UsedAccessKey>({
    text: `${USED_KEYS} where k.organization_id = $1 and k.id = $2`,
    values: [organizationId, id],
  });
  return row ?? null;
}

/** Locked until the end of the transaction, so that two edits follow each other. */
export async function lockAccessKey(tx: Tx, organizationId: string, id: string): Promise<UsedAccessKey | null> {
  const [row] = await tx.query<UsedAccessKey>({
    text: `${USED_KEYS} where k.organization_id = $1 and k.id = $2 for update of k`,
    values: [organizationId, id],
  });
  return row ?? null;
}

/** What a key may reach at most: null stands for all clients, or all services. */
export interface Reach {
  scopes: readonly string[];
  clientIds: readonly string[] | null;
  services: readonly string[] | null;
}

/** Newest first, after the key `after`; only those that reach no further than `within`. */
export function listAccessKeys(
  tx: Tx,
  organizationId: string,
  { limit, after, within }: { limit: number; after: string | null; within: Reach },
): Promise<UsedAccessKey[]> {
  return tx.query<UsedAccessKey>({
    text: `${USED_KEYS}
            where k.organization_id = $1
              and ($2::text is null or (k.created_at, k.id) <
                   (select a.created_at, a.id from access_keys a where a.organization_id = $1 and a.id = $2))
              and k.scopes <@ $3 and ($4::text[] is null or k.client_ids <@ $4) and ($5::text[] is null or k.services <@ $5)
            order by k.created_at desc, k.id desc limit $6`,
    values: [organizationId, after, within.scopes, within.clientIds, within.services, limit],
  });
}

export type NewAccessKey = Omit<StoredAccessKey, 'createdAt' | 'revokedReason'>;

export async function insertAccessKey(tx: Tx, key: NewAccessKey): Promise<StoredAccessKey> {
  const [row] = await tx.query<StoredAccessKey>({
    text: `insert into access_keys as k (id, organization_id, name, environment, scopes, client_ids, services, limits, hint, secret_hash,
                                    row_mac, pepper_version, expires_at, revoked_at, created_by)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
           returning ${KEY_COLUMNS}`,
    values: [
      key.id,
      key.organizationId,
      key.name,
      key.environment,
      key.scopes,
      key.clientIds,
      key.services,
      key.limits ?? {},
      key.hint,
      key.secretHash,
      key.rowMac,
      key.pepperVersion,
      key.expiresAt,
      key.revokedAt,
      key.createdBy,
    ],
  });
  return row as StoredAccessKey;
}

/** Writes all that the MAC covers, with the new MAC: an edit and its proof are one statement. */
export async function updateAccessKey(tx: Tx, key: StoredAccessKey): Promise<void> {
  await tx.query({
    text: `update access_keys set name = $3, scopes = $4, client_ids = $5, services = $6, limits = $7, hint = $8, secret_hash = $9,
                  row_mac = $10, pepper_version = $11, expires_at = $12, revoked_at = $13, revoked_reason = $14
            where organization_id = $1 and id = $2`,
    values: [
      key.organizationId,
      key.id,
      key.name,
      key.scopes,
      key.clientIds,
      key.services,
      key.limits ?? {},
      key.hint,
      key.secretHash,
      key.rowMac,
      key.pepperVersion,
      key.expiresAt,
      key.revokedAt,
      key.revokedReason,
    ],
  });
}

/** A key that was rerolled, with the one that took its place. */
export async function markReplaced(
  tx: Tx,
  organizationId: string,
  { id, replacedBy }: { id: string; replacedBy: string },
): Promise<void> {
  await tx.query({
    text: 'update access_keys set replaced_by = $3 where organization_id = $1 and id = $2',
    values: [organizationId, id, replacedBy],
  });
}

/** The new key begins with what the other one has used of its quotas, so that rerolling is no way around them. */
export async function carryUsageOver(tx: Tx, { from, to }: { from: string; to: string }): Promise<void> {
  await tx.query({
    text: `insert into access_key_usage (key_id, day, day_count, month, month_count)
           select $2, day, day_count, month, month_count from access_key_usage where key_id = $1`,
    values: [from, to],
  });
}

/** Until the end of the transaction, nobody else is at making the first key of the installation. */
export async function awaitFirstKeyTurn(tx: Tx): Promise<void> {
  await tx.query({ text: `select pg_advisory_xact_lock(hashtext('otobot.first_access_key'))` });
}
