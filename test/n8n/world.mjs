// What the broker knows in this test: clients, services and connections, entered through its HTTP interface.
import { randomBytes } from 'node:crypto';

const SERVICES = {
  loopback: { oauthType: 'oauth2', allowedHosts: ['127.0.0.1', 'localhost'] },
  // Its tokens may go to a host that is not the API of this test.
  elsewhere: { oauthType: 'oauth2', allowedHosts: ['api.example.com'] },
  keyed: { oauthType: 'api_key', allowedHosts: ['127.0.0.1'], requestHeader: 'X-Api-Key', requestScheme: '' },
};

/** Stands for the client `acme`, wherever it is resolved. */
export const EXPRESSION = '={{ "acme" }}';

/**
 * Connections by the name under which the scenarios speak of them. `isGood`: the API accepts the imported token.
 * Each scenario has its own, because a reported token is refreshed once in five minutes only.
 */
const CONNECTIONS = {
  acme: { clientId: 'acme', isGood: true },
  globex: { clientId: 'globex', isGood: true },
  rejected: { clientId: 'acme', name: 'rejected', isGood: false },
  failing: { clientId: 'acme', name: 'failing', isGood: true },
  posting: { clientId: 'acme', name: 'posting', isGood: false },
  foreign: { clientId: 'acme', service: 'elsewhere', isGood: true },
  keyed: { clientId: 'acme', service: 'keyed', isGood: true },
};

/** @returns the imported tokens by the connection's name, and `secrets()`: all that must appear nowhere */
export async function furnish(broker, api) {
  for (const [name, fields] of Object.entries(SERVICES)) {
    const isOAuth = fields.oauthType === 'oauth2';
    const service = { name, displayName: `The ${name} service`, ...fields, ...(isOAuth ? oauth(api.url) : {}) };
    await broker.call('POST', '/v1/services', service);
    if (!isOAuth) continue;
    await broker.call('PUT', `/v1/services/${name}/app`, { clientId: 'an-app', clientSecrets: [secret('app')] });
  }
  for (const clientId of ['acme', 'globex', 'initech']) {
    await broker.call('POST', '/v1/clients', { clientId, name: clientId });
  }
  const tokens = {};
  const refreshTokens = [];
  for (const [name, { isGood, ...named }] of Object.entries(CONNECTIONS)) {
    tokens[name] = secret(`${name}-access`);
    refreshTokens.push(secret(`${name}-refresh`));
    if (isGood) api.good.add(tokens[name]);
    await broker.call('POST', '/v1/connections', connection(named, tokens[name], refreshTokens.at(-1)));
  }
  return { tokens, secrets: () => [...Object.values(tokens), ...refreshTokens, ...api.issued] };
}

/** One n8n credential per connection, and those that are to fail. @returns plain data, as `n8n import:credentials` takes it */
export function credentialsFor(broker, internalToken) {
  const fields = { apiUrl: broker.url, internalToken, service: 'loopback', connectionName: 'default' };
  const connected = Object.entries(CONNECTIONS).map(([id, { clientId, service = 'loopback', name = 'default' }]) => {
    return [id, { clientId, service, connectionName: name }];
  });
  const special = {
    'per-item': { clientId: '={{ $json.clientId }}' },
    // n8n stores the credential before it sends a second time.
    rejected: { clientId: EXPRESSION, connectionName: 'rejected' },
    unconnected: { clientId: 'initech' },
    unknown: { clientId: 'nobody' },
    'wrong-token': { clientId: 'acme', internalToken: secret('wrong') },
  };
  return Object.entries({ ...Object.fromEntries(connected), ...special }).map(([name, own]) => ({
    id: name,
    name,
    type: 'otobotDatabaseApi',
    data: { ...fields, ...own },
  }));
}

function oauth(apiUrl) {
  return {
    authorizationUrl: `${apiUrl}/authorize`,
    tokenUrl: `${apiUrl}/token`,
    scopes: ['read'],
    authStyle: 'body',
    rotation: 'none',
  };
}

function connection({ clientId, service = 'loopback', name = 'default' }, token, refreshToken) {
  const named = { clientId, service, name, kind: SERVICES[service].oauthType };
  if (named.kind === 'api_key') return { ...named, apiKey: token };
  return { ...named, accessToken: token, refreshToken, expiresAt: new Date(Date.now() + 3_600_000).toISOString() };
}

function secret(what) {
  return `${what}-${randomBytes(12).toString('hex')}`;
}
