import { audienceOf, type SealContext } from '../vault/record';

/** What a connection's secrets are bound to. All of it is immutable. */
export interface SealedConnection {
  id: string;
  organizationId: string;
  clientId: string | null;
  service: string;
}

/** What an app's client secrets are bound to. */
export type SealedApp = SealedConnection;

/** Of a service: the places that are sent refresh tokens and client secrets. */
export interface SecretEndpoints {
  tokenUrl: string | null;
  /** null: renewals go to the token URL. */
  refreshUrl: string | null;
}

/** The audience of the refresh tokens and client secrets of a service; null where it has no token URL, or an endpoint that is no http(s) URL. */
export function secretAudience({ tokenUrl, refreshUrl }: SecretEndpoints): string | null {
  try {
    return audienceOf(tokenUrl ?? '', refreshUrl);
  } catch {
    return null;
  }
}

/** As `secretAudience`; throws TypeError where there is none. */
function sealingAudience(endpoints: SecretEndpoints | undefined): string {
  const audience = endpoints && secretAudience(endpoints);
  if (audience) return audience;
  throw new TypeError('a secret that is sent needs the endpoints of its service');
}

/**
 * The context of a token of one generation. An access token goes to the API, so it has no audience; a refresh token
 * belongs to the origins of the endpoints: whoever rewrites a URL of theirs in the database gets a record that does not open.
 * Throws TypeError for a refresh token of a service without usable endpoints.
 */
export function tokenContext(
  { id, organizationId, clientId, service }: SealedConnection,
  field: 'access_token' | 'refresh_token',
  generation: number,
  endpoints?: SecretEndpoints,
): SealContext {
  const audience = field === 'access_token' ? '' : sealingAudience(endpoints);
  return { organizationId, clientId, service, kind: 'token_set', rowId: id, field, generation, audience };
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
