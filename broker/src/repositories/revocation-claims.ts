import type { Queryable } from '../db/database';
import { CONSENT_SHARED } from './revocations';
import type { Service } from './services';

/** All that is needed to revoke, as of the moment of the claim. Secrets are sealed. */
export interface ClaimedRevocation {
  id: string;
  organizationId: string;
  clientId: string | null;
  service: string;
  name: string;
  connectionId: string;
  generation: number;
  accessSealed: Buffer | null;
  accessKeyVersion: number | null;
  refreshSealed: Buffer | null;
  refreshKeyVersion: number | null;
  appId: string;
  appClientId: string | null;
  oauthClientId: string;
  secretsSealed: Buffer;
  secretsKeyVersion: number;
  secretPosition: number;
  /** With this one. */
  attempts: number;
  /** A day has passed: this is the last one. */
  isLast: boolean;
  /** Somebody holds the same consent, or may. */
  isShared: boolean;
  /** The same client is connecting the same service at this moment: perhaps to the same account. */
  isReconnecting: boolean;
  tenant: string | null;
  tenantFrom: Service['tenantFrom'];
  tenantHosts: readonly string[] | null;
  /** null: the service is gone, or not described so far. */
  tokenUrl: string | null;
  refreshUrl: string | null;
  revocationUrl: string | null;
  shared: boolean;
  movedFrom: Buffer | null;
  revocationFormat: Service['revocationFormat'] | null;
  authStyle: 'header' | 'body' | null;
}

/**
 * Claims what is due, the longest waiting first. The claim itself is the backoff: the next attempt is a minute away, then two, four, at most
 * an hour; so a worker that dies with it leaves it to the others. While refreshing is paused nothing is claimed: what was deleted in a copy
 * may be in use at its original.
 */
export function claimRevocations(db: Queryable, limit: number): Promise<ClaimedRevocation[]> {
  return db.query<ClaimedRevocation>({
    text: `
      with claimed as (
        update revocations set attempts = attempts + 1,
               next_attempt_at = otobot_now() + least(interval '1 hour', interval '1 minute' * power(2, least(attempts, 10)))
         where id in (select id from revocations where next_attempt_at <= otobot_now() and (select refreshing_paused_at from installation) is null
                       order by next_attempt_at limit $1 for update skip locked)
        returning *
      )
      select r.id, r.organization_id as "organizationId", r.client_id as "clientId", r.service, r.name, r.connection_id as "connectionId",
             r.generation, r.access_sealed as "accessSealed", r.access_key_version as "accessKeyVersion",
             r.refresh_sealed as "refreshSealed", r.refresh_key_version as "refreshKeyVersion", r.app_id as "appId",
             r.app_client_id as "appClientId", r.oauth_client_id as "oauthClientId", r.client_secrets_sealed as "secretsSealed",
             r.client_secrets_key_version as "secretsKeyVersion", r.secret_position as "secretPosition", r.attempts,
             r.created_at < otobot_now() - interval '24 hours' as "isLast", ${CONSENT_SHARED} as "isShared",
             exists (select from flows f join connect_links l on l.id = f.link_id
                      where l.organization_id = r.organization_id and l.client_id = r.client_id and l.service = r.service
                        and f.outcome is null and f.expires_at > otobot_now()) as "isReconnecting",
             s.oauth_token_url as "tokenUrl", s.refresh_url as "refreshUrl", s.oauth_revocation_url as "revocationUrl",
             s.revocation_format as "revocationFormat",
             s.auth_style as "authStyle", r.tenant, s.tenant_from as "tenantFrom", s.tenant_hosts as "tenantHosts",
             s.organization_id is null as shared, s.moved_from_sealed as "movedFrom"
        from claimed r left join lateral otobot_service(r.organization_id, r.service) s on true`,
    values: [limit],
  });
}

export interface EndedRevocation {
  id: string;
  /** What the others are told; null: nothing. */
  event: { type: string; data: Readonly<Record<string, unknown>> } | null;
  /** The provider took them back; told to the order that they came by. */
  revoked: boolean;
}

/** The row goes with its tokens, and the event is written, or neither. Ended twice, it is told once. */
export async function endRevocation(db: Queryable, { id, event, revoked }: EndedRevocation): Promise<void> {
  await db.query({
    text: `
      with ended as (delete from revocations where id = $1 returning *),
           told as (update revocation_orders set revoked = revoked + $4::int, not_revoked = not_revoked + 1 - $4::int
                     where id = (select order_id from ended))
      insert into outbox (organization_id, type, client_id, service, connection_id, data)
      select organization_id, $2::text, client_id, service, connection_id, jsonb_build_object('name', name) || $3::jsonb
        from ended where $2 is not null`,
    values: [id, event?.type ?? null, JSON.stringify(event?.data ?? {}), revoked ? 1 : 0],
  });
}

/** To be tried again: after what the claim has set, or later, at what the provider asked for, or sooner, where nothing was sent. */
export async function postponeRevocation(
  db: Queryable,
  { id, code, seconds }: { id: string; code: string; seconds: number | null },
): Promise<void> {
  await db.query({
    text: `update revocations set last_error_code = $2,
                  next_attempt_at = case when $3::float8 is null then next_attempt_at else otobot_now() + make_interval(secs => $3) end
            where id = $1`,
    values: [id, code, seconds],
  });
}
