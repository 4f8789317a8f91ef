import { setScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

const CRM = {
  name: 'crm',
  displayName: 'CRM',
  oauthType: 'oauth2',
  authorizationUrl: 'https://crm.example/auth',
  tokenUrl: 'https://crm.example/token',
  scopes: 'read,write',
};
const conflict = { status: 409, json: { code: 'conflict' } };

test('a service is created with careful defaults, read, changed and deleted', async () => {
  const created = await scene.ask('POST /v1/services', { body: CRM });
  expect(created).toMatchObject({
    status: 201,
    json: {
      name: 'crm',
      scopes: ['read', 'write'],
      rotation: 'strict',
      pkce: true,
      authStyle: 'header',
      defaultTtlSeconds: 3600,
      maxConcurrent: 32,
      maxPerMinute: 6_000,
      refreshIntervalSeconds: null,
      shared: true,
    },
  });
  expect(created.json).not.toHaveProperty('id');
  const changed = await scene.ask('PATCH /v1/services/crm', {
    body: { scopes: ['a'], allowedHosts: ['crm.example'], rotation: 'grace', graceSeconds: 30 },
  });
  expect(changed).toMatchObject({
    status: 200,
    json: { displayName: 'CRM', scopes: ['a'], allowedHosts: ['crm.example'], rotation: 'grace' },
  });
  expect((await scene.ask('GET /v1/services/crm')).json).toEqual({ ...changed.json, app: null });
  expect((await scene.ask('DELETE /v1/services/crm')).status).toBe(204);
  expect(await scene.ask('GET /v1/services/crm')).toMatchObject({ status: 404, json: { code: 'not_found' } });
});

test('how long consents live is kept with the service, and forgotten with null', async () => {
  const ends = { consentIdleSeconds: 5_184_000, consentSeconds: 31_536_000 };
  expect((await scene.ask('POST /v1/services', { body: { ...CRM, name: 'ending', ...ends } })).json).toMatchObject(
    ends,
  );
  const body = { consentIdleSeconds: null };
  expect((await scene.ask('PATCH /v1/services/ending', { body })).json).toMatchObject({ ...ends, ...body });
  for (const consentSeconds of [0, -1, 1.5, 315_360_001, '60'])
    expect((await scene.ask('PATCH /v1/services/ending', { body: { consentSeconds } })).status).toBe(400);
  const known = await scene.ask('POST /v1/services', { body: { name: 'jira', from: 'atlassian' } });
  expect(known.json).toMatchObject({ consentIdleSeconds: 7_776_000, consentSeconds: 31_536_000 });
});

test('the documented INSERT is in force at once', async () => {
  const { ask, database } = scene;
  await database.query(
    `INSERT INTO services (name, display_name, oauth_type, oauth_authorization_url, oauth_token_url, oauth_scopes)
     VALUES ('nouveau_service','Nouveau Service','oauth2','https://n.example/auth','https://n.example/token','scope1 scope2')`,
  );
  expect((await ask('GET /v1/services/nouveau_service')).json).toMatchObject({
    displayName: 'Nouveau Service',
    scopes: ['scope1', 'scope2'],
    rotation: 'strict',
    pkce: true,
  });
  await ask('POST /v1/clients', { body: { clientId: 'n', name: 'N' } });
  expect(
    (await ask('POST /v1/connections', { body: { clientId: 'n', service: 'nouveau_service', accessToken: 'tok-1' } }))
      .status,
  ).toBe(201);
  expect((await ask('GET /v1/credentials/n/nouveau_service')).json).toMatchObject({ accessToken: 'tok-1' });
});

test("an organization's own service shadows the shared one for it alone", async () => {
  const { ask, otherKey } = scene;
  await ask('POST /v1/services', { body: { ...CRM, name: 'shop' } });
  expect((await ask('GET /v1/services/shop', { key: otherKey })).json).toMatchObject({
    shared: true,
    displayName: 'CRM',
  });
  for (const change of ['PATCH /v1/services/shop', 'DELETE /v1/services/shop', 'POST /v1/services/shop/suspend']) {
    expect(await ask(change, { key: otherKey, body: {} })).toMatchObject({
      status: 403,
      json: { code: 'client_not_allowed' },
    });
  }
  expect(
    (await ask('POST /v1/services', { key: otherKey, body: { ...CRM, name: 'shop', displayName: 'Ours' } })).status,
  ).toBe(201);
  expect((await ask('GET /v1/services/shop', { key: otherKey })).json).toMatchObject({
    shared: false,
    displayName: 'Ours',
  });
  expect((await ask('GET /v1/services/shop')).json).toMatchObject({ shared: true, displayName: 'CRM' });
  const listed = (await ask('GET /v1/services', { key: otherKey })).json.items as {
    name: string;
    displayName: string;
  }[];
  expect(listed.filter(({ name }) => name === 'shop')).toEqual([expect.objectContaining({ displayName: 'Ours' })]);
  const found = async (search: string, key: string) =>
    ((await ask(`GET /v1/services?search=${search}`, { key })).json.items as { displayName: string }[]).map(
      ({ displayName }) => displayName,
    );
  expect(await found('SHO', otherKey)).toEqual(['Ours']);
  expect(await found('our', otherKey)).toEqual(['Ours']);
  expect(await found('sho', scene.key)).toEqual(['CRM']);
  // What a shadow hides is not found by its own words.
  expect(await found('crm', otherKey)).not.toContain('Ours');
  expect((await ask('GET /v1/services?search=crm&limit=500', { key: otherKey })).json.items).not.toContainEqual(
    expect.objectContaining({ name: 'shop' }),
  );
  expect((await ask('DELETE /v1/services/shop', { key: otherKey })).status).toBe(204);
  expect((await ask('GET /v1/services/shop', { key: otherKey })).json).toMatchObject({ shared: true });
});

test('a name is taken once', async () => {
  await scene.ask('POST /v1/services', { body: { ...CRM, name: 'taken' } });
  expect(await scene.ask('POST /v1/services', { body: { ...CRM, name: 'taken' } })).toMatchObject(conflict);
});

test.each([
  [{ tokenUrl: null }, /tokenUrl/],
  [{ rotation: 'grace' }, /graceSeconds/],
  [{ tokenUrl: 'http://crm.example/token' }, /tokenUrl: must be an https URL/],
  [{ tokenUrl: 'https://user:secret@crm.example/token' }, /tokenUrl/],
  [{ refreshUrl: 'https://169.254.169.254/renew' }, /refreshUrl/],
  [{ oauthType: 'api_key', tokenUrl: null, refreshUrl: 'https://crm.example/renew' }, /refreshUrl: goes with/],
  [{ authorizationUrl: 'https://169.254.169.254/' }, /authorizationUrl/],
  [{ revocationUrl: 'https://[::ffff:169.254.169.254]/' }, /revocationUrl/],
  [{ baseUrl: 'https://crm.example/#x' }, /baseUrl/],
])('%j is refused with what to do', async (change, detail) => {
  const answer = await scene.ask('POST /v1/services', { body: { ...CRM, name: 'wrong', ...change } });
  expect(answer).toMatchObject({
    status: 422,
    json: { code: 'invalid_value', detail: expect.stringMatching(detail) as unknown },
  });
  expect((await scene.ask('GET /v1/services/wrong')).status).toBe(404);
});

test.each([
  { tokenUrl: 'ftp://crm.example' },
  { tokenUrl: 'crm.example/token' },
  { scopes: ['a b'] },
  { allowedHosts: ['https://crm.example'] },
  { allowedHosts: 'crm.example' },
  { requestHeader: 'X: y' },
  { maxConcurrent: 0 },
  { tokenParams: { code: 'x' } },
  { refreshParams: { refresh_token: 'x' } },
  { refreshParams: { depth: { a: 1 } } },
  { paramNames: { code: 'x' } },
  { paramNames: { client_id: 'a b' } },
  { answerPath: 'a..b' },
  { permanentErrors: ['a b'] },
  { renewal: 'ig_exchange_token' },
  { minAgeSeconds: 0 },
  { secret: 'x' },
])('%j is malformed', async (change) => {
  expect((await scene.ask('POST /v1/services', { body: { ...CRM, name: 'malformed', ...change } })).status).toBe(400);
});

test('what connections rest on is neither deleted nor moved to another origin', async () => {
  const { ask } = scene;
  await ask('POST /v1/services', { body: { ...CRM, name: 'used' } });
  await ask('POST /v1/clients', { body: { clientId: 'user', name: 'U' } });
  await ask('POST /v1/connections', { body: { clientId: 'user', service: 'used', refreshToken: 'r' } });
  expect(await ask('DELETE /v1/services/used')).toMatchObject(conflict);
  expect(await ask('PATCH /v1/services/used', { body: { tokenUrl: 'https://evil.example/token' } })).toMatchObject({
    ...conflict,
    json: { detail: expect.stringMatching(/services\/used\/move/) as unknown },
  });
  expect((await ask('PATCH /v1/services/used', { body: { tokenUrl: 'https://crm.example/v2/token' } })).status).toBe(
    200,
  );
});

test('a URL for renewals is where tokens go too: none of another origin is added, changed or removed under sealed secrets', async () => {
  const { ask } = scene;
  await ask('POST /v1/services', { body: { ...CRM, name: 'renewed', refreshUrl: 'https://crm.example/renew' } });
  await ask('PUT /v1/services/renewed/app', { body: { clientId: 'oauth', clientSecrets: ['s'] } });
  const moved = { body: { refreshUrl: 'https://evil.example/renew' } };
  expect(await ask('PATCH /v1/services/renewed', moved)).toMatchObject(conflict);
  expect((await ask('PATCH /v1/services/renewed', { body: { refreshUrl: null } })).status).toBe(200);
  expect(await ask('PATCH /v1/services/renewed', moved)).toMatchObject(conflict);
  const elsewhere = { ...CRM, name: 'elsewhere', refreshUrl: 'https://api.crm.example/renew' };
  expect(await ask('POST /v1/services', { body: elsewhere })).toMatchObject({
    status: 201,
    json: { refreshUrl: 'https://api.crm.example/renew' },
  });
  await ask('PUT /v1/services/elsewhere/app', { body: { clientId: 'oauth', clientSecrets: ['s'] } });
  expect(await ask('PATCH /v1/services/elsewhere', { body: { refreshUrl: null } })).toMatchObject(conflict);
});

test('how its token endpoint deviates is told, kept and taken back', async () => {
  const { ask } = scene;
  const dialect = {
    ...{ bodyFormat: 'json', paramNames: { client_id: 'client_key' }, tokenParams: { grant_type: 'x', expiring: '1' } },
    ...{ refreshParams: { type: 'refresh' }, answerPath: 'data.0', permanentErrors: ['gone'] },
    ...{ renewal: 'ig_refresh_token', refreshUrl: 'https://crm.example/renew', minAgeSeconds: 86_400 },
  };
  const body = { ...CRM, name: 'odd', oauthType: 'long_lived', ...dialect };
  expect(await ask('POST /v1/services', { body })).toMatchObject({ status: 201, json: dialect });
  expect(await ask('PATCH /v1/services/odd', { body: { refreshUrl: null } })).toMatchObject({ status: 422 });
  const plain = { bodyFormat: 'form', paramNames: {}, tokenParams: {}, refreshParams: {}, answerPath: null };
  const none = { ...plain, permanentErrors: [], renewal: null, minAgeSeconds: null, refreshUrl: null };
  expect(await ask('PATCH /v1/services/odd', { body: none })).toMatchObject({ status: 200, json: none });
});

test('a shared service is not taken away, moved or replaced under organizations that use it', async () => {
  const { ask, otherKey } = scene;
  await ask('POST /v1/services', { body: { ...CRM, name: 'common' } });
  const app = { clientId: 'oauth', clientSecrets: ['s'] };
  expect((await ask('PUT /v1/services/common/app', { key: otherKey, body: app })).status).toBe(200);
  expect(await ask('DELETE /v1/services/common')).toMatchObject(conflict);
  expect(await ask('PATCH /v1/services/common', { body: { tokenUrl: 'https://moved.example/token' } })).toMatchObject(
    conflict,
  );
  const shadow = { ...CRM, name: 'common', tokenUrl: 'https://moved.example/token' };
  expect(await ask('POST /v1/services', { key: otherKey, body: shadow })).toMatchObject(conflict);
});

test('a suspended service is served to nobody until it is resumed', async () => {
  const { ask } = scene;
  await ask('POST /v1/services', { body: { name: 'keyed', oauthType: 'api_key' } });
  await ask('POST /v1/clients', { body: { clientId: 'k', name: 'K' } });
  await ask('POST /v1/connections', { body: { clientId: 'k', service: 'keyed', apiKey: 'k-1' } });
  expect((await ask('GET /v1/credentials/k/keyed')).status).toBe(200);
  expect((await ask('POST /v1/services/keyed/suspend')).json.suspendedAt).toEqual(expect.any(String));
  expect((await ask('GET /v1/credentials/k/keyed')).status).toBe(403);
  expect((await ask('POST /v1/services/keyed/resume')).json.suspendedAt).toBeNull();
  expect((await ask('GET /v1/credentials/k/keyed')).status).toBe(200);
});

test('a key limited to services sees those only; one limited to clients changes none', async () => {
  const { ask, mint } = scene;
  await ask('POST /v1/services', { body: { ...CRM, name: 'seen' } });
  const { key } = await mint({ services: ['seen'] });
  expect((await ask('GET /v1/services', { key })).json.items).toEqual([expect.objectContaining({ name: 'seen' })]);
  expect((await ask('GET /v1/services/shop', { key })).status).toBe(403);
  const { key: ofClient } = await mint({ clientIds: ['acme'] });
  expect((await ask('GET /v1/services/seen', { key: ofClient })).status).toBe(200);
  expect((await ask('PATCH /v1/services/seen', { key: ofClient, body: { displayName: 'x' } })).status).toBe(403);
  expect(
    (await ask('PUT /v1/services/seen/app', { key: ofClient, body: { clientId: 'o', clientSecrets: ['s'] } })).status,
  ).toBe(403);
});
