import type { Queryable, Tx } from '../db/database';
import { ANEW } from './n8n-credentials';

/** An n8n into which credentials are put, without the key of its API. */
export interface N8nInstance {
  id: string;
  name: string;
  url: string;
  /** null: nothing was heard from it yet. */
  lastSeenAt: Date | null;
  failingSince: Date | null;
  lastErrorCode: string | null;
  /** null: it stays. */
  removedAt: Date | null;
  createdAt: Date;
  /** Of the credentials that are kept there, or being taken away. */
  credentials: number;
}

/** The key of its API, as it is stored. */
export interface SealedApiKey {
  apiKeySealed: Buffer;
  apiKeyKeyVersion: number;
}

const COLUMNS = `i.id, i.name, i.url, i.last_seen_at as "lastSeenAt", i.failing_since as "failingSince", i.last_error_code as "lastErrorCode",
  i.removed_at as "removedAt", i.created_at as "createdAt",
  (select count(*) from n8n_credentials n where n.instance_id = i.id) as credentials`;

/** By name. */
export function listN8nInstances(
  tx: Tx,
  organizationId: string,
  { limit, after }: { limit: number; after: string | null },
): Promise<N8nInstance[]> {
  return tx.query<N8nInstance>({
    text: `select ${COLUMNS} from n8n_instances i
            where organization_id = $1 and ($2::text is null or name > $2) order by name limit $3`,
    values: [organizationId, after, limit],
  });
}

/** null: there is none. */
export async function findN8nInstance(
  tx: Tx,
  organizationId: string,
  id: string,
): Promise<(N8nInstance & SealedApiKey) | null> {
  const [row] = await tx.query<N8nInstance & SealedApiKey>({
    text: `select ${COLUMNS}, i.api_key_sealed as "apiKeySealed", i.api_key_key_version as "apiKeyKeyVersion"
             from n8n_instances i where organization_id = $1 and id = $2`,
    values: [organizationId, id],
  });
  return row ?? null;
}

export interface NewN8nInstance extends SealedApiKey {
  id: string;
  organizationId: string;
  name: string;
  url: string;
}

/** Violates a unique constraint when the name is taken. */
export async function insertN8nInstance(tx: Tx, instance: NewN8nInstance): Promise<void> {
  const { id, organizationId, name, url, apiKeySealed, apiKeyKeyVersion } = instance;
  await tx.query({
    text: `insert into n8n_instances (id, organization_id, name, url, api_key_sealed, api_key_key_version) values ($1, $2, $3, $4, $5, $6)`,
    values: [id, organizationId, name, url, apiKeySealed, apiKeyKeyVersion],
  });
}

/** Its credentials are taken away by a worker; it goes with the last of them, at once where there is none. */
export async function orderN8nInstanceRemoval(tx: Tx, organizationId: string, id: string): Promise<void> {
  const values = [organizationId, id];
  await tx.query({
    text: `update n8n_instances set removed_at = coalesce(removed_at, otobot_now()), next_attempt_at = otobot_now() where organization_id = $1 and id = $2`,
    values,
  });
  await tx.query({
    text: `update n8n_credentials set ${ANEW}, next_attempt_at = otobot_now() where organization_id = $1 and instance_id = $2`,
    values,
  });
  await tx.query({
    text: `delete from n8n_instances i where organization_id = $1 and id = $2
              and not exists (select from n8n_credentials n where n.instance_id = i.id)`,
    values,
  });
}

/** With all that is known of what was put there. */
export async function forgetN8nInstance(tx: Tx, organizationId: string, id: string): Promise<void> {
  await tx.query({
    text: 'delete from n8n_instances where organization_id = $1 and id = $2',
    values: [organizationId, id],
  });
}

/** It is asked again at once, and every credential there is compared with what was left. */
export async function orderN8nCheck(tx: Tx, organizationId: string, id: string): Promise<void> {
  const values = [organizationId, id];
  await tx.query({
    text: `update n8n_instances set next_attempt_at = otobot_now() where organization_id = $1 and id = $2`,
    values,
  });
  await tx.query({
    text: `update n8n_credentials set next_attempt_at = otobot_now()
            where organization_id = $1 and instance_id = $2 and (pushed_generation is not null or may_be_there)`,
    values,
  });
}

/** So many attempts in a row have to fail before anybody is told. */
const TOLD_AFTER = 3;

/** It answered: whatever waits for it may go. Tells of the end of an outage that was told of. */
export async function noteN8nAnswer(db: Queryable, id: string): Promise<void> {
  await db.query({
    text: `
      with before as (select * from n8n_instances where id = $1 for update),
      after as (
        update n8n_instances set last_seen_at = otobot_now(), failing_since = null, failure_count = 0, last_error_code = null,
               next_attempt_at = least(next_attempt_at, otobot_now()) where id = $1)
      insert into outbox (organization_id, type, data)
      select organization_id, 'n8n_instance.recovered', jsonb_build_object('instance', name, 'failingSince', failing_since)
        from before where failure_count >= ${TOLD_AFTER}`,
    values: [id],
  });
}

/**
 * It did not answer, or refused the key: it is asked again in seconds, then less and less often, at least once a minute. `random`: 0 to 1.
 * Tells of it once.
 */
export async function noteN8nFailure(db: Queryable, id: string, code: string, random: number): Promise<void> {
  await db.query({
    text: `
      with before as (select * from n8n_instances where id = $1 for update),
      after as (
        update n8n_instances set failing_since = coalesce(failing_since, otobot_now()), failure_count = failure_count + 1, last_error_code = $2,
               next_attempt_at = otobot_now() + interval '1 second' * (0.5 + $3::float8 / 2) * least(60, 2 * power(2, least(failure_count, 10)))
         where id = $1)
      insert into outbox (organization_id, type, data)
      select organization_id, 'n8n_instance.failing', jsonb_build_object('instance', name, 'code', $2::text)
        from before where failure_count = ${TOLD_AFTER - 1}`,
    values: [id, code, random],
  });
}

/** Those that were to go, once nothing of ours is left there. */
export async function deleteEmptiedN8nInstances(db: Queryable): Promise<void> {
  await db.query({
    text: `delete from n8n_instances i where removed_at is not null and not exists (select from n8n_credentials n where n.instance_id = i.id)`,
  });
}
