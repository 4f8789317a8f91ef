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

/**
 * The context of a token of one generation. An access token goes to the API, so it has no audience; a refresh token
 * belongs to the origin of the token endpoint: whoever rewrites that URL in the database gets a record that does not open.
 * Throws TypeError when `tokenUrl` is no URL, or missing for a refresh token.
 */
export function tokenContext(
  { id, organizationId, clientId, service }: SealedConnection,
  field: 'access_token' | 'refresh_token',
  generation: number,
  tokenUrl?: string | null,
): SealContext {
  const audience = field === 'access_token' ? '' : audienceOf(tokenUrl ?? '');
  return { organizationId, clientId, service, kind: 'token_set', rowId: id, field, generation, audience };
}

/** The context of an app's ordered list of client secrets (sealed as a JSON array), bound to its token endpoint. */
export function appContext({ id, organizationId, clientId, service }: SealedApp, tokenUrl: string): SealContext {
  return {
    organizationId,
    clientId,
    service,
    kind: 'app',
    rowId: id,
    field: 'client_secrets',
    generation: 0,
    audience: audienceOf(tokenUrl),
  };
}
