import type { Tx } from '../db/database';
import type { ConnectionKind } from '../types/credential';
import type { Dialect, Renewal } from '../types/dialect';
import type { Listed } from './listed';
import { suspended, SUSPENDED, type Suspension } from './suspension';

/** What a provider is like: all that may be changed of a service. */
export interface ServiceFields extends Dialect {
  displayName: string;
  oauthType: ConnectionKind;
  authorizationUrl: string | null;
  tokenUrl: string | null;
  /** Where tokens are renewed, if not at tokenUrl. */
  refreshUrl: string | null;
  revocationUrl: string | null;
  /** Where a token to be revoked is written. */
  revocationFormat: 'form' | 'json' | 'query';
  /** How its long-lived tokens are renewed; null: not at all. */
  renewal: Renewal | null;
  minAgeSeconds: number | null;
  /** Parted by spaces, whatever the provider wants in its requests. */
  scopes: string;
  scopeSeparator: ' ' | ',';
  authStyle: 'header' | 'body';
  pkce: boolean;
  rotation: 'none' | 'grace' | 'strict';
  graceSeconds: number | null;
  defaultTtlSeconds: number;
  refreshAheadSeconds: number | null;
  /** How long a consent lives: without a refresh, and however often it is refreshed. */
  consentIdleSeconds: number | null;
  consentSeconds: number | null;
  maxConcurrent: number;
  maxPerMinute: number;
  /** Between two refreshes of one connection. */
  refreshIntervalSeconds: number | null;
  baseUrl: string | null;
  allowedHosts: readonly string[] | null;
  requestHeader: string;
  requestScheme: string | null;
  authorizationParams: Readonly<Record<string, string>>;
  issuer: string | null;
  accountFrom: 'id_token' | 'answer' | 'url' | null;
  accountUrl: string | null;
  /** Members parted by dots, such as `user.email`. */
  accountIdPath: string | null;
  accountLabelPath: string | null;
  verifyUrl: string | null;
  /** Who tells what {tenant} in its URLs stands for; null: they are the same for everybody. */
  tenantFrom: 'link' | 'redirect' | 'answer' | 'lookup' | null;
  /** The parameter of the redirect, or the path in the answer, that names the tenant. */
  tenantParam: string | null;
  /** The hosts that a tenant may be; null: a tenant is one label of a host name. */
  tenantHosts: readonly string[] | null;
  /** For whoever is asked for it. */
  tenantExample: string | null;
  /** The parameter of the redirect with an HMAC-SHA-256 over all the others, under the client secret; null: it signs none. */
  redirectHmacParam: string | null;
  /** By scope, then by language. */
  scopeTexts: Readonly<Record<string, ScopeTexts>>;
}

/** A scope in plain words, by language. */
export interface ScopeTexts {
  en?: string | undefined;
  fr?: string | undefined;
}

export interface Service extends ServiceFields {
  id: string;
  name: string;
  /** Of the catalogue that all organizations see. */
  shared: boolean;
  /** Sealed: where it was before it was moved; null: nowhere else. */
  movedFrom: Buffer | null;
  suspendedAt: Date | null;
  /** What was written when it was suspended. */
  suspendedReason: string | null;
  createdAt: Date;
  updatedAt: Date;
}

const FIELDS: readonly [column: string, field: keyof ServiceFields][] = [
  ['display_name', 'displayName'],
  ['oauth_type', 'oauthType'],
  ['oauth_authorization_url', 'authorizationUrl'],
  ['oauth_token_url', 'tokenUrl'],
  ['refresh_url', 'refreshUrl'],
  ['body_format', 'bodyFormat'],
  ['param_names', 'paramNames'],
  ['token_params', 'tokenParams'],
  ['refresh_params', 'refreshParams'],
  ['answer_path', 'answerPath'],
  ['permanent_errors', 'permanentErrors'],
  ['renewal', 'renewal'],
  ['min_age_seconds', 'minAgeSeconds'],
  ['oauth_revocation_url', 'revocationUrl'],
  ['revocation_format', 'revocationFormat'],
  ['oauth_scopes', 'scopes'],
  ['scope_separator', 'scopeSeparator'],
  ['auth_style', 'authStyle'],
  ['pkce', 'pkce'],
  ['rotation', 'rotation'],
  ['grace_seconds', 'graceSeconds'],
  ['default_ttl_seconds', 'defaultTtlSeconds'],
  ['refresh_ahead_seconds', 'refreshAheadSeconds'],
  ['consent_idle_seconds', 'consentIdleSeconds'],
  ['consent_seconds', 'consentSeconds'],
  ['max_concurrent', 'maxConcurrent'],
  ['max_per_minute', 'maxPerMinute'],
  ['refresh_interval_seconds', 'refreshIntervalSeconds'],
  ['base_url', 'baseUrl'],
  ['allowed_hosts', 'allowedHosts'],
  ['request_header', 'requestHeader'],
  ['request_scheme', 'requestScheme'],
  ['authorization_params', 'authorizationParams'],
  ['issuer', 'issuer'],
  ['account_from', 'accountFrom'],
  ['account_url', 'accountUrl'],
  ['account_id_path', 'accountIdPath'],
  ['account_label_path', 'accountLabelPath'],
  ['verify_url', 'verifyUrl'],
  ['tenant_from', 'tenantFrom'],
  ['tenant_param', 'tenantParam'],
  ['tenant_hosts', 'tenantHosts'],
  ['tenant_example', 'tenantExample'],
  ['redirect_hmac_param', 'redirectHmacParam'],
  ['scope_texts', 'scopeTexts'],
];
export const SERVICE_FIELDS = FIELDS.map(([, field]) => field);

const COLUMNS = `id, name, organization_id is null as shared, moved_from_sealed as "movedFrom", suspended_at as "suspendedAt",
  case when suspended_at is not null then suspended_reason end as "suspendedReason", created_at as "createdAt", updated_at as "updatedAt",
  ${FIELDS.map(([column, field]) => `${column} as "${field}"`).join(', ')}`;

const valuesOf = (fields: ServiceFields): unknown[] => FIELDS.map(([, field]) => fields[field]);

/** Held to the end of the transaction: `shared` by what rests on the service as it is, `exclusive` by what changes it. */
export async function lockService(tx: Tx, name: string, mode: 'shared' | 'exclusive'): Promise<void> {
  const lock = mode === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
  await tx.query({ text: `select ${lock}(hashtext('otobot.service ' || $1))`, values: [name] });
}

/** By name: the organization's own, and the shared ones that it does not shadow. What it shadows is not found under its former words either. */
export function listServices(
  tx: Tx,
  organizationId: string,
  { limit, after, only, search }: Listed,
): Promise<Service[]> {
  return tx.query<Service>({
    text: `select ${COLUMNS} from (
             select distinct on (name) * from services
              where (organization_id = $1 or organization_id is null)
                and ($2::text is null or name > $2) and ($3::text[] is null or name = any ($3))
              order by name, organization_id nulls last) seen
            where $5::text is null or strpos(name, lower($5)) > 0 or strpos(lower(display_name), lower($5)) > 0
            order by name limit $4`,
    values: [organizationId, after, only, limit, search],
  });
}

/** The one that the organization sees under this name. */
export async function findService(tx: Tx, organizationId: string, name: string): Promise<Service | null> {
  const [row] = await tx.query<Service>({
    text: `select ${COLUMNS} from otobot_service($1, $2)`,
    values: [organizationId, name],
  });
  return row ?? null;
}

/** organizationId null: into the shared catalogue. Violates a unique constraint when the name is taken there. */
export async function insertService(
  tx: Tx,
  organizationId: string | null,
  name: string,
  fields: ServiceFields,
): Promise<Service> {
  const [row] = await tx.query<Service>({
    text: `insert into services (organization_id, name, ${FIELDS.map(([column]) => column).join(', ')})
           values ($1, $2, ${FIELDS.map((_, index) => `$${index + 3}`).join(', ')}) returning ${COLUMNS}`,
    values: [organizationId, name, ...valuesOf(fields)],
  });
  return row as Service;
}

export async function updateService(tx: Tx, id: string, fields: ServiceFields): Promise<Service> {
  const [row] = await tx.query<Service>({
    text: `update services set ${FIELDS.map(([column], index) => `${column} = $${index + 2}`).join(', ')}, updated_at = otobot_now()
            where id = $1 returning ${COLUMNS}`,
    values: [id, ...valuesOf(fields)],
  });
  return row as Service;
}

export async function setServiceSuspended(tx: Tx, id: string, suspension: Suspension | null): Promise<Service> {
  const [row] = await tx.query<Service>({
    text: `update services set ${SUSPENDED}, updated_at = otobot_now() where id = $3 returning ${COLUMNS}`,
    values: [...suspended(suspension), id],
  });
  return row as Service;
}

export async function deleteService(tx: Tx, id: string): Promise<void> {
  await tx.query({ text: 'delete from services where id = $1', values: [id] });
}

export interface ServiceUse {
  organizationId: string;
  connections: number;
  apps: number;
  sealedTokens: number;
  /** Tokens that wait to be revoked. */
  revocations: number;
}

/** What rests on a service, by organization: of all of them, also those that row-level security hides from the caller. */
export function listServiceUse(tx: Tx, id: string): Promise<ServiceUse[]> {
  return tx.query<ServiceUse>({
    text: `select organization_id as "organizationId", connections, apps, sealed_tokens as "sealedTokens", revocations from otobot_service_use($1)`,
    values: [id],
  });
}
