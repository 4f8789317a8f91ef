// What the broker knows in this test: clients, services and connections, entered through its HTTP interface.

const SERVICES = {
  loopback: { oauthType: 'oauth2', allowedHosts: ['127.0.0.1', 'localhost'] },
  // Its tokens may go to a host that is not the API of this test.
  elsewhere: { oauthType: 'oauth2', allowedHosts: ['api.example.com'] },
  keyed: { oauthType: 'api_key', allowedHosts: ['127.0.0.1'], requestHeader: 'X-Api-Key', requestScheme: '' },
};

/** @returns ways to add to what the broker knows; the services above are there from the start */
export async function worldOf({ broker, api, internalToken, secrets }) {
  const kinds = {};
  const clients = new Set();

  /** A service of one's own. OAuth ones refresh at the API of this test, unless `fields` say otherwise. */
  const service = async (name, fields) => {
    const isOAuth = fields.oauthType === 'oauth2';
    kinds[name] = fields.oauthType;
    await broker.call('POST', '/v1/services', {
      ...{ name, displayName: `The ${name} service` },
      ...(isOAuth ? oauth(api.url) : {}),
      ...fields,
    });
    if (!isOAuth) return;
    const app = { clientId: 'an-app', clientSecrets: [secrets.make('app')] };
    await broker.call('PUT', `/v1/services/${name}/app`, app);
  };
  const client = async (clientId) => {
    if (clients.has(clientId)) return;
    clients.add(clientId);
    await broker.call('POST', '/v1/clients', { clientId, name: clientId });
  };
  /**
   * Connects a client, which is made where it is not there yet.
   * @param isGood whether the API accepts the imported token
   * @returns `{id, token, refreshToken}` of the connection
   */
  const connect = async (clientId, { service = 'loopback', name = 'default', isGood = true, ...more } = {}) => {
    await client(clientId);
    const token = secrets.make(`${clientId}-${name}-access`);
    const refreshToken = secrets.make(`${clientId}-${name}-refresh`);
    if (isGood) api.good.add(token);
    const named = { clientId, service, name, kind: kinds[service] };
    const body =
      named.kind === 'api_key' ? { apiKey: token } : { accessToken: token, refreshToken, expiresAt: inAnHour() };
    const { id } = await broker.call('POST', '/v1/connections', { ...named, ...body, ...more });
    return { id, token, refreshToken };
  };
  /** One of n8n's credentials of our type, as `n8n import:credentials` takes it; its name is its id. */
  const credential = (id, fields) => ({
    ...{ id, name: id, type: 'otobotDatabaseApi' },
    data: { apiUrl: broker.url, internalToken, service: 'loopback', connectionName: 'default', ...fields },
  });

  for (const [name, fields] of Object.entries(SERVICES)) await service(name, fields);
  return { service, client, connect, credential };
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

function inAnHour() {
  return new Date(Date.now() + 3_600_000).toISOString();
}
