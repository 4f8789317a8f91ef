import type { Queryable } from '../db/database';
import type { ConsentEnds } from '../types/consent-ends';
import type { ConnectionKind } from '../types/credential';
import type { Dialect, Renewal } from '../types/dialect';
import type { RefreshState } from '../types/refresh-state';
import type { Service } from './services';

/** All that an attempt needs, as of the moment its intent was committed. Secrets are sealed. */
export interface ClaimedConnection extends RefreshState, ConsentEnds {
  id: string;
  organizationId: string;
  clientId: string | null;
  service: string;
  tenant: string | null;
  kind: ConnectionKind;
  generation: number;
  /** The earliest of its known ends. */
  consentEndsAt: Date | null;
  /** When the token that is being served came here; it may be older. null: there is none. */
  issuedAt: Date | null;
  refreshSealed: Buffer | null;
  refreshKeyVersion: number | null;
  attemptId: string;
  startedAt: Date;
  previousAttemptAt: Date | null;
  readerWaits: boolean;
  app: ClaimedApp;
  provider: ClaimedProvider;
}

export interface ClaimedApp {
  id: string;
  /** Null: the organization's app, else that of the connection's own client. */
  clientId: string | null;
  oauthClientId: string;
  secretsSealed: Buffer;
  secretsKeyVersion: number;
  secretPosition: number;
  scopes: string | null;
  /** This attempt is the probe of a suspended app. */
  suspended: boolean;
  /** Its provider slowed it down lately, and no token has come since. */
  throttled: boolean;
}

export interface ClaimedProvider extends Dialect {
  tokenUrl: string | null;
  refreshUrl: string | null;
  shared: boolean;
  /** Sealed: where it was before it was moved. */
  movedFrom: Buffer | null;
  verifyUrl: string | null;
  requestHeader: string;
  requestScheme: string | null;
  renewal: Renewal | null;
  minAgeSeconds: number | null;
  tenantFrom: Service['tenantFrom'];
  tenantHosts: readonly string[] | null;
  authStyle: 'header' | 'body';
  scopes: string;
  scopeSeparator: string;
  rotation: 'none' | 'grace' | 'strict';
  graceSeconds: number | null;
  defaultTtlSeconds: number;
  refreshAheadSeconds: number | null;
  consentIdleSeconds: number | null;
  consentSeconds: number | null;
  maxPerMinute: number;
  refreshIntervalSeconds: number | null;
  /** Where tokens are renewed, with a placeholder as it is written; null: nowhere. */
  host: string | null;
  /** Of that host: failures were seen and no answer since; or it is out, and this attempt is the probe. */
  hostState: 'well' | 'suspected' | 'out';
}

export interface ClaimRequest {
  workerNumber: number;
  /** How long the claim holds unless the attempt ends before. */
  leaseSeconds: number;
  /** At most this many connections. */
  limit: number;
  /** Of one app, attempts at once in this process; a service's max_concurrent may be lower. */
  perApp: number;
  /** Attempts in flight in this process, by app id. */
  inFlight: Readonly<Record<string, number>>;
  /** How much of its allowance this process has used of late, by app id: see services.max_per_minute. */
  spent: Readonly<Record<string, number>>;
  /** Organizations that have enough in flight in this process: nothing of theirs is claimed. None unless given. */
  crowding?: readonly string[];
  /** A random uuid: where the round through the apps begins, so that none is always last. */
  firstApp: string;
}

/**
 * Claims what is due and can be sent now, app by app, and commits the intent to refresh it before any request leaves: one statement.
 * A suspended app gives one connection when its probe is due, at most once a minute over all workers; the apps of a host that is out
 * give one between them when its probe is; a paused app gives none, and nobody does while refreshing as a whole is paused.
 */
export async function claimDue(db: Queryable, request: ClaimRequest): Promise<ClaimedConnection[]> {
  const { workerNumber, leaseSeconds, limit, perApp, firstApp, crowding = [] } = request;
  const [inFlight, spent] = [JSON.stringify(request.inFlight), JSON.stringify(request.spent)];
  const values = [workerNumber, leaseSeconds, limit, perApp, inFlight, firstApp, spent, crowding];
  const rows = await db.query<Row>({ name: 'claim-due', text: CLAIM_DUE, values });
  return rows.map(nested);
}

type Flat = Omit<ClaimedConnection, 'app' | 'provider'> &
  Omit<ClaimedApp, 'id' | 'clientId' | 'scopes'> &
  Omit<ClaimedProvider, 'scopes'>;
interface Row extends Flat {
  appId: string;
  appClientId: string | null;
  appScopes: string | null;
  serviceScopes: string;
}

function nested(row: Row): ClaimedConnection {
  const { appId, appClientId, appScopes, serviceScopes } = row;
  return {
    ...row,
    app: { ...row, id: appId, clientId: appClientId, scopes: appScopes },
    provider: { ...row, scopes: serviceScopes },
  };
}

// Its steps: `ripe`, `probing` are suspended apps whose probe is due. `dark` are hosts that are out, `dawning` those whose probe is due, and
// `torch` the one app that makes it. `paused` are apps that their providers slowed down. `turn` is the round through the apps, `due` what
// each of them may have now, `claimed` the leases, `intended` the intents. An app that gives nothing is passed by with a limit of 0, so that
// none of its rows is looked at. A probe's turn is over before the next can come: a request is cut off at 20 s; who makes it is drawn by
// organization, so that one with a thousand apps that fail does not make them all. What is a tenth of max_per_minute here is the size of the
// bucket. The attempt's start is cut to milliseconds because it is part of a key and JavaScript keeps no more.
const CLAIM_DUE = `
  with ripe as (
    select id from apps
     where suspended_at is not null and next_probe_at <= otobot_now() and (select refreshing_paused_at from installation) is null
       and organization_id <> all ($8::uuid[])
       for update skip locked
  ), probing as (
    update apps set next_probe_at = otobot_now() + interval '1 minute' where id in (select id from ripe) returning id
  ), dark as materialized (
    select host, organization_id from provider_incidents where opened_at is not null and closed_at is null
  ), paused as materialized (
    select app_id from app_pauses where until > otobot_now()
  ), dawning as materialized (
    select id, host, organization_id from provider_incidents
     where opened_at is not null and closed_at is null and next_probe_at <= otobot_now()
       and (select refreshing_paused_at from installation) is null
       for update skip locked
  ), torch as materialized (
    select distinct on (dawning.id) a.id, dawning.id as incident_id from dawning
      join services s on s.renewal_host = dawning.host
      join apps a on a.service = s.name and (s.organization_id = a.organization_id or s.organization_id is null)
     where a.suspended_at is null and a.id not in (select app_id from paused) and a.organization_id <> all ($8::uuid[])
       and otobot_concerns(dawning.organization_id, a.organization_id)
       and s.id = (select visible.id from otobot_service(a.organization_id, a.service) visible)
       and exists (select from connections c where c.app_id = a.id and c.next_refresh_at <= otobot_now() and c.status <> 'disabled')
     order by dawning.id, md5(a.organization_id::text || $6::text), random()
  ), lit as (
    update provider_incidents set next_probe_at = otobot_now() + interval '30 seconds' where id in (select incident_id from torch)
  ), turn as (
    select id, organization_id, service, suspended_at is not null as suspended
      from apps
     where (suspended_at is null or id in (select id from probing)) and (select refreshing_paused_at from installation) is null
       and organization_id <> all ($8::uuid[])
     order by id < $6::uuid, id
  ), due as (
    select d.* from turn cross join lateral (
      select c.id, c.last_attempt_at, c.wanted_at
        from connections c
       where c.app_id = turn.id and c.next_refresh_at is not null and c.status <> 'disabled' and c.next_refresh_at <= otobot_now()
       order by c.next_refresh_at
       limit coalesce((
               select case
                        when turn.id = any (array(select app_id from paused)) then 0
                        when exists (select from dark where dark.host = s.renewal_host
                                        and otobot_concerns(dark.organization_id, turn.organization_id)) then (turn.id = any (array(select id from torch)))::int
                        when turn.suspended then 1
                        else greatest(0, least(least(s.max_concurrent, $4::int) - coalesce(($5::jsonb ->> turn.id::text)::int, 0),
                                               greatest(1, s.max_per_minute / 10) - coalesce(($7::jsonb ->> turn.id::text)::int, 0)))
                      end
                 from otobot_service(turn.organization_id, turn.service) s), 0)
         for update skip locked
    ) d
    limit $3
  ), claimed as (
    update connections c
       set attempt_id = gen_random_uuid(), next_refresh_at = null, not_before_at = null, wanted_at = null,
           lease_until = otobot_now() + make_interval(secs => $2),
           last_attempt_at = date_trunc('milliseconds', otobot_now())
      from due where c.id = due.id
    returning c.*, due.last_attempt_at as previous_attempt_at, due.wanted_at is not null as reader_waits
  ), intended as (
    insert into refresh_attempts (id, started_at, organization_id, connection_id, app_id, generation, worker_number)
    select attempt_id, last_attempt_at, organization_id, id, app_id, generation, $1 from claimed
  )
  select c.id, c.organization_id as "organizationId", c.client_id as "clientId", c.service, c.tenant, c.kind, c.generation,
         c.status, c.status_reason as "statusReason", c.failure_count as "failureCount", c.failing_since as "failingSince",
         c.uncertain_since as "uncertainSince", c.permanent_code as "permanentCode", c.last_error_code as "lastErrorCode",
         t.expires_at as "expiresAt", least(c.refresh_expires_at, c.idle_expires_at, c.absolute_expires_at) as "consentEndsAt",
         c.refresh_expires_at as "refreshExpiresAt", c.idle_expires_at as "idleExpiresAt", c.absolute_expires_at as "absoluteExpiresAt",
         s.consent_idle_seconds as "consentIdleSeconds", s.consent_seconds as "consentSeconds",
         t.created_at as "issuedAt", t.refresh_sealed as "refreshSealed", t.refresh_key_version as "refreshKeyVersion",
         c.attempt_id as "attemptId", c.last_attempt_at as "startedAt", c.previous_attempt_at as "previousAttemptAt",
         c.reader_waits as "readerWaits",
         a.id as "appId", a.client_id as "appClientId", a.oauth_client_id as "oauthClientId",
         a.client_secrets_sealed as "secretsSealed", a.client_secrets_key_version as "secretsKeyVersion",
         a.secret_position as "secretPosition", a.scopes as "appScopes", a.suspended_at is not null as suspended,
         exists (select from app_pauses p where p.app_id = a.id) as throttled,
         s.renewal_host as host, s.max_per_minute as "maxPerMinute", s.refresh_interval_seconds as "refreshIntervalSeconds",
         case when i.id is null then 'well'
              when i.opened_at is not null and i.closed_at is null and otobot_concerns(i.organization_id, c.organization_id) then 'out'
              when i.failures > 0 then 'suspected' else 'well' end as "hostState",
         s.oauth_token_url as "tokenUrl", s.refresh_url as "refreshUrl",
         s.organization_id is null as shared, s.moved_from_sealed as "movedFrom",
         s.verify_url as "verifyUrl", s.request_header as "requestHeader", s.request_scheme as "requestScheme",
         s.body_format as "bodyFormat", s.param_names as "paramNames", s.token_params as "tokenParams", s.refresh_params as "refreshParams",
         s.answer_path as "answerPath", s.permanent_errors as "permanentErrors", s.renewal, s.min_age_seconds as "minAgeSeconds",
         s.tenant_from as "tenantFrom", s.tenant_hosts as "tenantHosts", s.auth_style as "authStyle", s.oauth_scopes as "serviceScopes",
         s.scope_separator as "scopeSeparator", s.rotation, s.grace_seconds as "graceSeconds",
         s.default_ttl_seconds as "defaultTtlSeconds", s.refresh_ahead_seconds as "refreshAheadSeconds"
    from claimed c
    join apps a on a.id = c.app_id
    left join lateral otobot_service(c.organization_id, c.service) s on true
    left join provider_incidents i on i.host = s.renewal_host and i.ended_at is null
    left join lateral (
      select * from token_sets where connection_id = c.id and generation = c.generation and kind = 'current' limit 1) t on true`;
