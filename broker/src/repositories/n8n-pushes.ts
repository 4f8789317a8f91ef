import type { Queryable } from '../db/database';
import type { ConnectionKind } from '../types/credential';
import type { N8nField } from './n8n-credentials';
import { N8N_FACTS, N8N_TO_GO, N8N_WANTED } from './n8n-wanted';

/**
 * Makes due at once what stands in n8n otherwise than it should by now, and remembers by the two versions what was looked at: while they stay, a
 * row costs a comparison. Rows in the hands of a worker are looked at when it has let go of them.
 */
export async function noticeN8nChanges(db: Queryable): Promise<void> {
  await db.query({
    name: 'notice-n8n-changes',
    text: `
      update n8n_credentials n set seen_version = f.version, seen_policy_version = f.policy_version,
             next_attempt_at = case when f.changes then least(n.next_attempt_at, otobot_now()) else n.next_attempt_at end
        from (select n.id, c.version, o.policy_version,
                     case when ${N8N_WANTED} then t.access_sealed is not null and n.pushed_generation is distinct from c.generation
                          else n.may_be_there or ${N8N_TO_GO} end as changes
                from n8n_credentials n ${N8N_FACTS}
               where (n.leased_until is null or n.leased_until <= otobot_now())
                 and (n.seen_version is distinct from c.version or n.seen_policy_version is distinct from o.policy_version)
                 for update of n skip locked) f
       where f.id = n.id`,
  });
}

/** All that is needed to put a credential into n8n, or to take it away, as of the moment of the claim. Secrets are sealed. */
export interface ClaimedN8nCredential {
  id: string;
  claimId: string;
  /** With this one, since it last went well. */
  attempts: number;
  organizationId: string;
  now: Date;
  instanceId: string;
  instance: string;
  url: string;
  apiKeySealed: Buffer;
  apiKeyKeyVersion: number;
  type: string;
  title: string;
  fields: Readonly<Record<string, N8nField>>;
  orderSealed: Buffer;
  orderKeyVersion: number;
  connectionId: string | null;
  clientId: string | null;
  service: string;
  name: string;
  remoteId: string | null;
  remoteUpdatedAt: string | null;
  pushedGeneration: number | null;
  wanted: boolean;
  /** Once it is gone there, its row goes too. */
  toGo: boolean;
  policyVersion: number;
  /** null: the connection is gone. */
  version: number | null;
  generation: number | null;
  kind: ConnectionKind | null;
  tenant: string | null;
  accessSealed: Buffer | null;
  accessKeyVersion: number | null;
  scopes: string[] | null;
  baseUrl: string | null;
  expiresAt: Date | null;
  lifetimeSeconds: number | null;
  /** Somebody may ask for an earlier refresh: there will be one, and its provider has no rule of its own for when. */
  mayHasten: boolean;
}

export interface N8nClaimRequest {
  limit: number;
  /** At once at one instance; one that fails gets a single one, to try. */
  perInstance: number;
  /** By instance, what this process is at. */
  inFlight: Readonly<Record<string, number>>;
  leaseSeconds: number;
}

/**
 * Claims what is due, some of each instance, so that none waits for another. A worker that dies with it leaves it to be claimed again when the
 * lease is over. While refreshing is paused nothing is claimed: a copy of a database must not write into the n8n of its original.
 */
export function claimN8nCredentials(
  db: Queryable,
  { limit, perInstance, inFlight, leaseSeconds }: N8nClaimRequest,
): Promise<ClaimedN8nCredential[]> {
  return db.query<ClaimedN8nCredential>({
    name: 'claim-n8n-credentials',
    text: `
      with claimed as (
        update n8n_credentials set claim_id = gen_random_uuid(), leased_until = otobot_now() + make_interval(secs => $4),
               attempts = attempts + 1, may_be_there = true
         where id in (
           select due.id from n8n_instances i cross join lateral (
             select n.id from n8n_credentials n
              where n.instance_id = i.id and n.next_attempt_at <= otobot_now() and (n.leased_until is null or n.leased_until <= otobot_now())
              order by n.next_attempt_at
              limit greatest(0, case when i.failing_since is null then $2::integer else 1 end - coalesce(($3::jsonb ->> i.id::text)::integer, 0))
                for update skip locked) due
            where i.next_attempt_at <= otobot_now() and (select refreshing_paused_at from installation) is null
            limit $1)
        returning *
      )
      select n.id, n.claim_id as "claimId", n.attempts, n.organization_id as "organizationId", otobot_now() as now,
             i.id as "instanceId", i.name as instance, i.url, i.api_key_sealed as "apiKeySealed", i.api_key_key_version as "apiKeyKeyVersion",
             n.type, n.title, n.fields, n.order_sealed as "orderSealed", n.order_key_version as "orderKeyVersion",
             n.connection_id as "connectionId", n.client_id as "clientId", n.service, n.name,
             n.remote_id as "remoteId", n.remote_updated_at as "remoteUpdatedAt", n.pushed_generation as "pushedGeneration",
             coalesce(${N8N_WANTED}, false) as wanted, ${N8N_TO_GO} as "toGo",
             o.policy_version as "policyVersion", c.version, c.generation, c.kind, c.tenant,
             t.access_sealed as "accessSealed", t.access_key_version as "accessKeyVersion", t.scopes, t.base_url as "baseUrl",
             t.expires_at as "expiresAt", t.lifetime_seconds as "lifetimeSeconds",
             c.next_refresh_at is not null and s.refresh_ahead_seconds is null and s.min_age_seconds is null as "mayHasten"
        from claimed n ${N8N_FACTS}`,
    values: [limit, perInstance, JSON.stringify(inFlight), leaseSeconds],
  });
}
