import { baseUrlWithin } from '../../providers/granted';
import { atTenant } from '../../providers/tenant';
import type { ServingConnection, ServingService } from '../../repositories/serving';
import { fingerprint } from '../../secrets/fingerprint';
import type { ConnectionName } from '../../types/credential';
import { basicAuthorization, headerValue } from '../request-header';

/** The serving answer of the public contract: one of accessToken, apiKey, or username and password. */
export interface CredentialAnswer {
  clientId: string;
  service: string;
  name: string;
  connectionId: string;
  kind: ServingConnection['kind'];
  status: string;
  accessToken?: string;
  apiKey?: string;
  username?: string;
  password?: string;
  tokenType: string | null;
  expiresAt: string | null;
  scopes: string[] | null;
  generation: number;
  /** Ready to be put on a request: what is peculiar to a provider stays in the broker. */
  headers: Record<string, string>;
  baseUrl: string | null;
  allowedHosts: string[] | null;
  fingerprint: string;
  account: { id: string; label: string | null } | null;
}

/** Makes the answer from an opened secret: a token, an API key, or for `basic` a JSON text with username and password. */
export function credentialAnswer(
  asked: ConnectionName,
  service: ServingService,
  connection: ServingConnection,
  secret: string,
): CredentialAnswer {
  const { id, kind, status, tokenType, expiresAt, scopes, generation, accountId, accountLabel } = connection;
  const { baseUrl, allowedHosts } = atTenant(service, connection.tenant);
  return {
    clientId: asked.clientId ?? '-',
    service: asked.service,
    name: asked.name,
    connectionId: id,
    kind,
    status,
    ...secretMembers(kind, secret),
    tokenType: kind === 'api_key' || kind === 'basic' ? null : schemeOf(tokenType),
    expiresAt: expiresAt?.toISOString() ?? null,
    scopes,
    generation,
    headers: { [service.requestHeader]: authorizationOf(service, connection, secret) },
    baseUrl: baseUrlWithin(allowedHosts, connection.baseUrl) ?? baseUrl,
    allowedHosts,
    fingerprint: fingerprint(id, secret),
    account: accountId === null ? null : { id: accountId, label: accountLabel },
  };
}

interface BasicSecret {
  username: string;
  password: string;
}

function secretMembers(
  kind: ServingConnection['kind'],
  secret: string,
): Pick<CredentialAnswer, 'accessToken' | 'apiKey' | 'username' | 'password'> {
  if (kind === 'api_key') return { apiKey: secret };
  if (kind === 'basic') return JSON.parse(secret) as BasicSecret;
  return { accessToken: secret };
}

function authorizationOf(
  { requestScheme }: ServingService,
  { kind, tokenType }: ServingConnection,
  secret: string,
): string {
  if (kind === 'basic') return basicAuthorization(JSON.parse(secret) as BasicSecret);
  return headerValue(requestScheme ?? schemeOf(tokenType), secret);
}

// RFC 6749 section 7.1: the type is case-insensitive, yet many APIs accept "Bearer" only in this spelling.
function schemeOf(tokenType: string | null): string {
  return tokenType === null || /^bearer$/i.test(tokenType) ? 'Bearer' : tokenType;
}
