// What the broker knows in this test: clients, services and connections, entered through its HTTP interface.
import { randomBytes } from 'node:crypto';

const SERVICE = 'loopback';
/** Its tokens may go to a host that is not the API of this test. */
const FOREIGN_SERVICE = 'elsewhere';

/** Stands for the client `acme`, wherever it is resolved. */
export const EXPRESSION = '={{ "acme" }}';

/**
 * Connections by the name under which the scenarios speak of them. `isGood`: the API accepts the imported token.
 * Each scenario has its own, because a reported token is refreshed once in five minutes only.
 */
const CONNECTIONS = {
  acme: { clientId: 'acme', isGood: true },
  globex: { clientId: 'globex', isGood: true },
  // An expression, because n8n stores the credential before it sends again.
  rejected: { clientId: 'acme', credential: { clientId: EXPRESSION }, connectionName: 'rejected', isGood: false },
  failing: { clientId: 'acme', connectionName: 'failing', isGood: true },
  posting: { clientId: 'acme', connectionName: 'posting', isGood: false },
  foreign: { clientId: 'acme', service: FOREIGN_SERVICE, isGood: true },
};

/** @returns the imported tokens by the connection's name, and `secrets()`: all that must appear nowhere */
export async function furnish(broker, api) {
  for (const [name, allowedHosts] of [
    [SERVICE, ['127.0.0.1', 'localhost']],
    [FOREIGN_SERVICE, ['api.example.com']],
  ]) {
    await broker.call('POST', '/v1/services', service(name, allowedHosts, api.url));
    await broker.call('PUT', `/v1/services/${name}/app`, { clientId: 'an-app', clientSecrets: [secret('app')] });
  }
  for (const clientId of ['acme', 'globex', 'initech']) {
    await broker.call('POST', '/v1/clients', { clientId, name: clientId });
  }
  const tokens = {};
  const refreshTokens = [];
  for (const [name, { isGood, ...fields }] of Object.entries(CONNECTIONS)) {
    tokens[name] = secret(`${name}-access`);
    refreshTokens.push(secret(`${name}-refresh`));
    if (isGood) api.good.add(tokens[name]);
    await broker.call('POST', '/v1/connections', connection(fields, tokens[name], refreshTokens.at(-1)));
  }
  return { tokens, secrets: () => [...Object.values(tokens), ...refreshTokens, ...api.issued] };
}

/** One n8n credential per connection, and those that are to fail. @returns plain data, as `n8n import:credentials` takes it */
export function credentialsFor(broker, internalToken) {
  const fields = { apiUrl: broker.url, internalToken, service: SERVICE, connectionName: 'default' };
  const special = {
    'per-item': { clientId: '={{ $json.clientId }}' },
    unconnected: { clientId: 'initech' },
    unknown: { clientId: 'nobody' },
    'wrong-token': { clientId: 'acme', internalToken: secret('wrong') },
  };
  const connected = Object.entries(CONNECTIONS).map(([name, { clientId, ...own }]) => {
    const { service = SERVICE, connectionName = 'default' } = own;
    return [name, { clientId, service, connectionName, ...own.credential }];
  });
  return [...connected, ...Object.entries(special)].map(([name, own]) => ({
    id: name,
    name,
    type: 'otobotDatabaseApi',
    data: { ...fields, ...own },
  }));
}

function service(name, allowedHosts, apiUrl) {
  return {
    name,
    displayName: `The ${name} service`,
    oauthType: 'oauth2',
    authorizationUrl: `${apiUrl}/authorize`,
    tokenUrl: `${apiUrl}/token`,
    scopes: ['read'],
    allowedHosts,
    authStyle: 'body',
    rotation: 'none',
  };
}

function connection({ clientId, service: name = SERVICE, connectionName = 'default' }, accessToken, refreshToken) {
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  return { clientId, service: name, name: connectionName, kind: 'oauth2', accessToken, refreshToken, expiresAt };
}

function secret(what) {
  return `${what}-${randomBytes(12).toString('hex')}`;
}
