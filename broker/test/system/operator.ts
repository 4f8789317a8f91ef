import type { Issued, Provider } from '../support/provider';

export interface Answer {
  status: number;
  text: string;
  // Whatever came back; expectations are its types.
  json: Record<string, unknown>;
}

/** Somebody with curl and an access key. */
export type Operator = (method: string, path: string, body?: unknown) => Promise<Answer>;

export function operatorOf(url: string, key: string): Operator {
  return async (method, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    return { status: response.status, text, json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {} };
  };
}

/** For what has to work before the test begins: fails with what was answered otherwise. */
export async function must(asked: Promise<Answer>): Promise<Record<string, unknown>> {
  const { status, text, json } = await asked;
  if (status >= 300) throw new Error(`answered ${status}: ${text}`);
  return json;
}

export interface ServiceOptions {
  rotation?: 'none' | 'grace' | 'strict';
  graceSeconds?: number;
}

/** A service with the loopback provider's endpoints, and the app to reach it with. */
export async function addService(
  operator: Operator,
  name: string,
  provider: Provider,
  options: ServiceOptions = {},
): Promise<void> {
  await must(
    operator('POST', '/v1/services', {
      name,
      displayName: name,
      oauthType: 'oauth2',
      authorizationUrl: `${provider.url}/authorize`,
      tokenUrl: provider.tokenUrl,
      scopes: 'read',
      ...options,
    }),
  );
  const { clientId, clientSecrets } = provider;
  await must(operator('PUT', `/v1/services/${name}/app`, { clientId, clientSecrets }));
}

/** A client of that name, connected to a service with fresh tokens of the provider. Gives the connection's id and the tokens. */
export async function connectClient(
  operator: Operator,
  provider: Provider,
  { clientId, service, expiresInSeconds = 3_600 }: { clientId: string; service: string; expiresInSeconds?: number },
): Promise<{ id: string; issued: Issued }> {
  const issued = provider.issue();
  await must(operator('POST', '/v1/clients', { clientId, name: clientId }));
  const { id } = await must(
    operator('POST', '/v1/connections', importOf(issued, { clientId, service, expiresInSeconds })),
  );
  return { id: id as string, issued };
}

/** The body that imports tokens of the provider. */
export function importOf(
  { accessToken, refreshToken }: Issued,
  { clientId, service, expiresInSeconds }: { clientId: string; service: string; expiresInSeconds: number },
): Record<string, unknown> {
  const expiresAt = new Date(Date.now() + expiresInSeconds * 1_000).toISOString();
  return { clientId, service, kind: 'oauth2', accessToken, refreshToken, expiresAt };
}
