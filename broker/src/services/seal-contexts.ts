import { atTenant, TENANT, type TenantRule } from '../providers/tenant';
import { audienceOf, type SealContext } from '../vault/record';

/** What an app's client secrets are bound to. All of it is immutable. */
export interface SealedApp {
  id: string;
  organizationId: string;
  clientId: string | null;
  service: string;
}

/** What a connection's secrets are bound to: immutable too, but for the tenant, which only comes with new secrets. */
export interface SealedConnection extends SealedApp {
  tenant: string | null;
}

/** Of a service, as it is written: the places that are sent refresh tokens and client secrets. */
export interface SecretEndpoints extends Partial<TenantRule> {
  tokenUrl: string | null;
  /** null: renewals go to the token URL. */
  refreshUrl: string | null;
}

/**
 * The audience of the client secrets of a service, and of its refresh tokens where it has no tenants; null where it has no token URL, or an
 * endpoint that is no http(s) URL. Client secrets go to the hosts of all tenants: so to the URLs as they are written, and what {tenant} may be.
 */
export function secretAudience({ tokenUrl, refreshUrl, tenantHosts = null }: SecretEndpoints): string | null {
  try {
    const origins = audienceOf(tokenUrl ?? '', refreshUrl);
    if (!origins.includes(TENANT) || tenantHosts === null) return origins;
    return `${origins} hosts:${[...tenantHosts].sort().join(',')}`;
  } catch {
    return null;
  }
}

/** Whether a URL, as it is now, leads to a place that the service's refresh tokens are sealed for. */
export function isWithinAudience(endpoints: SecretEndpoints, url: string): boolean {
  const origins = secretAudience(endpoints)?.split(' ') ?? [];
  return URL.canParse(url) && origins.includes(new URL(url).origin);
}

/** As `secretAudience`; throws TypeError where there is none. */
function sealingAudience(endpoints: SecretEndpoints | undefined): string {
  const audience = endpoints && secretAudience(endpoints);
  if (audience) return audience;
  throw new TypeError('a secret that is sent needs the endpoints of its service');
}

/**
 * The context of a token of one generation. An access token goes to the API, so it belongs to no endpoint; a refresh token
 * belongs to the origins of the endpoints: whoever rewrites a URL of theirs in the database gets a record that does not open.
 * Both belong to the tenant of the connection, where there is one: moved to another, neither opens.
 * Throws TypeError for a refresh token of a service without endpoints that are usable for this tenant.
 */
export function tokenContext(
  { id, organizationId, clientId, service, tenant }: SealedConnection,
  field: 'access_token' | 'refresh_token',
  generation: number,
  endpoints?: SecretEndpoints,
): SealContext {
  const places = field === 'access_token' ? '' : sealingAudience(endpoints && endpointsAt(endpoints, tenant));
  // No origin has a space in it, and none begins so.
  const audience = tenant ? `${places} tenant:${tenant}` : places;
  return { organizationId, clientId, service, kind: 'token_set', rowId: id, field, generation, audience };
}

/** The endpoints as they are for one tenant; null in place of what needs another one. */
export function endpointsAt(endpoints: SecretEndpoints, tenant: string | null): SecretEndpoints {
  return atTenant({ tenantFrom: null, tenantHosts: null, ...endpoints }, tenant);
}

/** The context of an app's ordered list of client secrets (sealed as a JSON array), bound to the endpoints of its service. */
export function appContext(
  { id, organizationId, clientId, service }: SealedApp,
  endpoints: SecretEndpoints,
): SealContext {
  return {
    organizationId,
    clientId,
    service,
    kind: 'app',
    rowId: id,
    field: 'client_secrets',
    generation: 0,
    audience: sealingAudience(endpoints),
  };
}
