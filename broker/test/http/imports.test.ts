import { setScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
  const { ask } = scene;
  for (const clientId of ['acme', 'beta']) await ask('POST /v1/clients', { body: { clientId, name: clientId } });
  await ask('POST /v1/services', { body: { name: 'crm', tokenUrl: 'https://crm.example/token' } });
  await ask('PUT /v1/services/crm/app', { body: { clientId: 'oauth', clientSecrets: ['s'] } });
  await ask('POST /v1/services', { body: { name: 'keyed', oauthType: 'api_key' } });
});
afterAll(() => scene.close());

const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString();
const secondsTo = (at: unknown): number => (Date.parse(String(at)) - Date.now()) / 1_000;
let made = 0;
const importing = (body: object) =>
  scene.ask('POST /v1/connections', { body: { clientId: 'acme', service: 'crm', name: `n${++made}`, ...body } });

test('an imported token is served; only sealed bytes of it are stored', async () => {
  const imported = await importing({
    name: 'first',
    accessToken: 'CANARY-access',
    refreshToken: 'CANARY-refresh',
    expiresAt: inSeconds(3_600),
    scopes: 'a b',
    metadata: { plan: 'gold' },
  });
  expect(imported).toMatchObject({
    status: 201,
    json: {
      clientId: 'acme',
      service: 'crm',
      name: 'first',
      kind: 'oauth2',
      status: 'active',
      generation: 1,
      renewable: true,
      scopes: ['a', 'b'],
      metadata: { plan: 'gold' },
    },
  });
  expect((await scene.ask('GET /v1/credentials/acme/crm?name=first')).json).toMatchObject({
    accessToken: 'CANARY-access',
    generation: 1,
    connectionId: imported.json.id,
  });
  const { rows } = await scene.database.query<{ row: string }>(
    `select t::text || encode(t.access_sealed, 'escape') || encode(t.refresh_sealed, 'escape') || c::text as row
       from token_sets t join connections c on c.id = t.connection_id where c.id = $1`,
    [imported.json.id],
  );
  expect(rows).toHaveLength(1);
  expect((rows[0]?.row ?? '') + imported.text).not.toContain('CANARY');
  expect(
    (await scene.database.query(`select type, data from outbox where connection_id = $1`, [imported.json.id])).rows,
  ).toEqual([{ type: 'connection.connected', data: { generation: 1, kind: 'oauth2' } }]);
});

test('the end of a consent that was given elsewhere is what is told of it', async () => {
  const tokens = { accessToken: 'a', refreshToken: 'r', expiresAt: inSeconds(3_600) };
  await scene.ask('PATCH /v1/services/crm', { body: { consentIdleSeconds: 5_000, consentSeconds: 9_000 } });
  const untold = (await importing(tokens)).json;
  expect(untold).toMatchObject({ refreshExpiresAt: null, absoluteExpiresAt: null });
  expect(Math.abs(secondsTo(untold.idleExpiresAt) - 5_000)).toBeLessThan(60);
  const told = (await importing({ ...tokens, consentEndsAt: inSeconds(7_000) })).json;
  expect(Math.abs(secondsTo(told.absoluteExpiresAt) - 7_000)).toBeLessThan(60);
  expect(await importing({ accessToken: 'a', consentEndsAt: inSeconds(7_000) })).toMatchObject({
    status: 422,
    json: { code: 'invalid_value' },
  });
  await scene.ask('PATCH /v1/services/crm', { body: { consentIdleSeconds: null, consentSeconds: null } });
});

test('every kind is served as what it is', async () => {
  await importing({ service: 'keyed', name: 'key', apiKey: 'k-1' });
  await importing({ service: 'keyed', name: 'basic', kind: 'basic', username: 'ann', password: 'p:w' });
  await importing({ name: 'long', kind: 'long_lived', accessToken: 'l-1', expiresAt: inSeconds(86_400) });
  const served = async (path: string) => (await scene.ask(`GET /v1/credentials/acme/${path}`)).json;
  expect(await served('keyed?name=key')).toMatchObject({ kind: 'api_key', apiKey: 'k-1', expiresAt: null });
  const basic = await served('keyed?name=basic');
  expect(basic).toMatchObject({
    kind: 'basic',
    username: 'ann',
    password: 'p:w',
    headers: { Authorization: `Basic ${Buffer.from('ann:p:w').toString('base64')}` },
  });
  expect(await served('crm?name=long')).toMatchObject({ kind: 'long_lived', accessToken: 'l-1' });
});

test("the organization's own connection stands under -", async () => {
  const { ask } = scene;
  const own = await ask('POST /v1/connections', { body: { clientId: '-', service: 'keyed', apiKey: 'own-1' } });
  expect(own.json.clientId).toBe('-');
  const again = await ask('POST /v1/connections', { body: { clientId: null, service: 'keyed', apiKey: 'own-2' } });
  expect(again.json).toMatchObject({ id: own.json.id, generation: 2 });
  expect((await ask('GET /v1/credentials/-/keyed')).json.apiKey).toBe('own-2');
  expect((await ask('GET /v1/connections?clientId=-')).json.items).toEqual([
    expect.objectContaining({ id: own.json.id }),
  ]);
});

describe('when it is due', () => {
  const dueIn = async (body: object): Promise<{ due: number; expires: number }> => {
    const { json } = await importing(body);
    return { due: secondsTo(json.nextRefreshAt), expires: secondsTo(json.expiresAt) };
  };

  test('ahead of the end by the rule of the refresher', async () => {
    const { due } = await dueIn({ accessToken: 'a', refreshToken: 'r', expiresAt: inSeconds(7_200) });
    expect(due).toBeGreaterThan(7_200 - 1_080 - 720 - 5);
    expect(due).toBeLessThan(7_200 - 1_080 + 5);
  });
  test('at once for a token about to end, which lived its life elsewhere', async () => {
    expect((await dueIn({ accessToken: 'a', refreshToken: 'r', expiresAt: inSeconds(30) })).due).toBeLessThan(0);
  });
  test('at once when there is a refresh token only', async () => {
    const { json } = await importing({ refreshToken: 'r' });
    expect(secondsTo(json.nextRefreshAt)).toBeLessThanOrEqual(0);
    expect(json).toMatchObject({ expiresAt: null, status: 'expired' });
  });
  test("by the service's usual lifetime when the end is unknown", async () => {
    const { due, expires } = await dueIn({ accessToken: 'a', refreshToken: 'r' });
    expect(expires).toBeGreaterThan(3_590);
    expect(due).toBeGreaterThan(0);
  });
  test('never when nothing can renew it, which then has no end by guess', async () => {
    expect((await importing({ accessToken: 'a' })).json).toMatchObject({
      nextRefreshAt: null,
      expiresAt: null,
      renewable: false,
      status: 'active',
    });
  });
});

describe('importing onto a name that exists', () => {
  test('keeps the connection and its id, and serves the new token at once', async () => {
    const first = await importing({ name: 'again', accessToken: 'old', refreshToken: 'r-old', metadata: { kept: 1 } });
    expect((await scene.ask('GET /v1/credentials/acme/crm?name=again')).json.accessToken).toBe('old');
    await scene.database.query(
      `update connections set status = 'reauth_required', status_reason = 'revoked', failure_count = 4, last_error_code = 'invalid_grant', permanent_code = 'invalid_grant', next_refresh_at = null where id = $1`,
      [first.json.id],
    );
    const second = await importing({ name: 'again', accessToken: 'new', refreshToken: 'r-new' });
    expect(second.json).toMatchObject({
      id: first.json.id,
      status: 'active',
      statusReason: null,
      failureCount: 0,
      lastErrorCode: null,
      metadata: { kept: 1 },
    });
    expect((await scene.ask('GET /v1/credentials/acme/crm?name=again')).json).toMatchObject({
      accessToken: 'new',
      generation: 2,
    });
    const { rows } = await scene.database.query(
      `select kind, generation from token_sets where connection_id = $1 order by generation`,
      [first.json.id],
    );
    expect(rows).toEqual([
      { kind: 'previous', generation: 1 },
      { kind: 'current', generation: 2 },
    ]);
  });

  test('leaves out the generation that an answer still under way would be kept as', async () => {
    const first = await importing({ name: 'late', accessToken: 'old', refreshToken: 'r-old' });
    await scene.database.query(
      `update connections set attempt_id = gen_random_uuid(), last_attempt_at = now(), lease_until = now() + interval '1 minute', next_refresh_at = null where id = $1`,
      [first.json.id],
    );
    const second = await importing({ name: 'late', accessToken: 'new', refreshToken: 'r-new' });
    expect(second.json).toMatchObject({ generation: 3, status: 'active' });
    expect(
      (await scene.database.query('select attempt_id, lease_until from connections where id = $1', [first.json.id]))
        .rows,
    ).toEqual([{ attempt_id: null, lease_until: null }]);
  });

  test('does not put a disabled connection back into service', async () => {
    const first = await importing({ name: 'off', accessToken: 'a' });
    await scene.ask(`POST /v1/connections/${String(first.json.id)}/disable`);
    expect((await importing({ name: 'off', accessToken: 'b' })).json.status).toBe('disabled');
  });

  test('ten at the same moment leave one connection whose token opens', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => importing({ name: 'rush', accessToken: `rush-${index}` })),
    );
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
    expect((await scene.ask('GET /v1/credentials/acme/crm?name=rush')).json.accessToken).toMatch(/^rush-\d$/);
  });
});

test.each([
  [{}, /refreshToken, accessToken/],
  [{ apiKey: 'k' }, /^apiKey: a connection of kind oauth2 has none/],
  [{ kind: 'api_key', accessToken: 'a' }, /takes apiKey/],
  [{ kind: 'basic', username: 'u' }, /username and password/],
  [{ kind: 'client_credentials', refreshToken: 'r' }, /^refreshToken/],
  [{ kind: 'long_lived' }, /needs accessToken/],
  [{ refreshToken: 'r', expiresAt: '2030-01-01T00:00:00Z' }, /^expiresAt/],
  [{ service: 'keyed', kind: 'oauth2', accessToken: 'a' }, /tokenUrl/],
  [{ accessToken: 'a', verify: true }, /cannot be refreshed/],
])('%j is refused with what to do, and leaves nothing behind', async (body, detail) => {
  const answer = await importing({ name: 'wrong', ...body });
  expect(answer).toMatchObject({
    status: 422,
    json: { code: 'invalid_value', detail: expect.stringMatching(detail) as unknown },
  });
  expect((await scene.database.query(`select from connections where name = 'wrong'`)).rowCount).toBe(0);
});

test.each([
  { accessToken: 'a\nb' },
  { accessToken: '' },
  { accessToken: ['a'] },
  { apiKey: 'ключ' },
  { username: 'a:b', password: 'c' },
  { accessToken: 'a', expiresAt: 'tomorrow' },
  { accessToken: 'a', metadata: { deep: { er: 1 } } },
  { accessToken: 'a', metadata: { nul: 'a\u0000b' } },
  { accessToken: 'a', name: 'with space' },
  { accessToken: 'a', kind: 'magic' },
  { accessToken: 'a', unknown: 1 },
])('%j is malformed', async (body) => {
  expect(await importing(body)).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
});

test('an unknown client or service is not found', async () => {
  expect(await importing({ clientId: 'nobody', accessToken: 'a' })).toMatchObject({
    status: 404,
    json: { code: 'not_found' },
  });
  expect(await importing({ service: 'nothing', accessToken: 'a' })).toMatchObject({
    status: 404,
    json: { code: 'not_found' },
  });
});
