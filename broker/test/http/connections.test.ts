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
let made = 0;
const importing = (body: object) =>
  scene.ask('POST /v1/connections', { body: { clientId: 'acme', service: 'crm', name: `n${++made}`, ...body } });

test('a disabled connection is served again when it is enabled', async () => {
  const { json } = await importing({ name: 'switch', accessToken: 'a', refreshToken: 'r' });
  const path = `/v1/connections/${String(json.id)}`;
  expect((await scene.ask(`POST ${path}/disable`)).json).toMatchObject({ status: 'disabled' });
  expect(await scene.ask('GET /v1/credentials/acme/crm?name=switch')).toMatchObject({
    status: 409,
    json: { reason: 'disabled' },
  });
  expect(await scene.ask(`POST ${path}/refresh`)).toMatchObject({ status: 409, json: { code: 'conflict' } });
  expect((await scene.ask(`POST ${path}/enable`)).json).toMatchObject({
    status: 'active',
    nextRefreshAt: json.nextRefreshAt,
  });
  expect((await scene.ask('GET /v1/credentials/acme/crm?name=switch')).status).toBe(200);
});

test('a deleted connection is gone with its tokens', async () => {
  const { json } = await importing({ name: 'bye', accessToken: 'a' });
  expect(await scene.ask(`DELETE /v1/connections/${String(json.id)}`)).toMatchObject({
    status: 200,
    json: { id: json.id, revocation: 'unsupported' },
  });
  expect((await scene.ask(`GET /v1/connections/${String(json.id)}`)).status).toBe(404);
  expect((await scene.ask('GET /v1/credentials/acme/crm?name=bye')).json).toMatchObject({ reason: 'never_connected' });
  expect((await scene.database.query('select from token_sets where connection_id = $1', [json.id])).rowCount).toBe(0);
});

test('lists are filtered by client, service, status and by ends that nothing will renew', async () => {
  const { ask } = scene;
  const names = async (query: string): Promise<string[]> =>
    ((await ask(`GET /v1/connections?clientId=beta&${query}`)).json.items as { name: string }[])
      .map(({ name }) => name)
      .sort();
  const put = (name: string, body: object) => importing({ clientId: 'beta', name, ...body });
  await put('soon', { accessToken: 'a', expiresAt: inSeconds(3_600) });
  await put('renewed', { accessToken: 'a', refreshToken: 'r', expiresAt: inSeconds(3_600) });
  await put('endless', { accessToken: 'a' });
  await put('later', { accessToken: 'a', expiresAt: inSeconds(20 * 86_400) });
  const { json } = await put('ended', { accessToken: 'a', refreshToken: 'r', expiresAt: inSeconds(3_600) });
  await scene.database.query(
    `update connections set status = 'reauth_required', absolute_expires_at = now() + interval '5 days' where id = $1`,
    [json.id],
  );
  await put('keyed', { service: 'keyed', apiKey: 'k' });

  expect(await names('service=keyed')).toEqual(['keyed']);
  expect(await names('service=crm&name=ended')).toEqual(['ended']);
  expect(await names('name=nobody-is-called-so')).toEqual([]);
  expect(await names('status=reauth_required')).toEqual(['ended']);
  expect(await names('expiresWithin=24h')).toEqual(['ended', 'soon']);
  expect(await names('expiresWithin=30d')).toEqual(['ended', 'later', 'soon']);
  expect(await names('consentEndsWithin=14d')).toEqual(['ended']);
  expect(await names('consentEndsWithin=4d')).toEqual([]);
  expect(await names('consentEndsWithin=14d&status=reauth_required&service=crm&expiresWithin=24h')).toEqual(['ended']);
  expect(await names('consentEndsWithin=14d&status=active')).toEqual([]);
  for (const query of ['expiresWithin=soon', 'status=fine', 'status=active&status=expired', 'colour=red']) {
    expect((await ask(`GET /v1/connections?${query}`)).status).toBe(400);
  }
});

test('a consent that ends is listed by any way to say how soon; what is none of them is refused with what is allowed', async () => {
  const { json } = await importing({ name: 'ending', accessToken: 'a', refreshToken: 'r', expiresAt: inSeconds(60) });
  const id = String(json.id);
  const set = (what: string) => scene.database.query(`update connections set ${what} where id = $1`, [id]);
  const isListed = async (within: string): Promise<boolean> => {
    const path = `/v1/connections?consentEndsWithin=${encodeURIComponent(within)}&limit=500`;
    return ((await scene.ask(`GET ${path}`)).json.items as { id: string }[]).some((one) => one.id === id);
  };
  expect(json).toMatchObject({ consentEndsAt: null, consentEnd: null });
  expect(await isListed('520w')).toBe(false);
  await set(`absolute_expires_at = now() + '3 days'`);
  for (const within of ['4d', '73h', '4321M', '259201s', '259201', '1w', '4 D'])
    expect(await isListed(within)).toBe(true);
  for (const within of ['2d', '71h', '4319m', '3600', '0']) expect(await isListed(within)).toBe(false);
  expect((await scene.ask(`GET /v1/connections/${id}`)).json).toMatchObject({ consentEnd: 'absolute' });
  for (const wrong of ['soon', '-1d', '1.5d', '14 days', '1y', '9999999w', '', '٣d']) {
    const refused = await scene.ask(`GET /v1/connections?consentEndsWithin=${encodeURIComponent(wrong)}`);
    expect([wrong, refused.status]).toEqual([wrong, 400]);
    expect(refused.json.detail).toMatch(/14d|10 years/);
  }
  // What each refresh moves is no end to act on, as long as refreshing works.
  await set(`absolute_expires_at = null, idle_expires_at = now() + '3 days'`);
  expect(await isListed('4d')).toBe(false);
  await set(`failing_since = now(), status = 'backoff'`);
  expect(await isListed('4d')).toBe(true);
  expect((await scene.ask(`GET /v1/connections/${id}`)).json).toMatchObject({ consentEnd: 'idle' });
});

test('a long-lived token that is only checked counts as one that nothing renews', async () => {
  await scene.ask('POST /v1/services', {
    body: {
      ...{ name: 'system-users', oauthType: 'long_lived', renewal: 'check' },
      ...{ tokenUrl: 'https://crm.example/token', verifyUrl: 'https://crm.example/me' },
    },
  });
  await scene.ask('PUT /v1/services/system-users/app', { body: { clientId: 'oauth', clientSecrets: ['s'] } });
  const { json } = await importing({ service: 'system-users', accessToken: 'a', expiresAt: inSeconds(9 * 86_400) });
  const listed = (await scene.ask('GET /v1/connections?service=system-users&expiresWithin=14d')).json.items;
  expect(listed).toEqual([expect.objectContaining({ id: json.id })]);
  const { rows } = await scene.database.query(
    `select token_ends_at = (select expires_at from token_sets where connection_id = c.id) as known, notice_at < now() as due
       from connections c where id = $1`,
    [json.id],
  );
  expect(rows).toEqual([{ known: true, due: true }]);
  await scene.database.query('update token_sets set expires_at = now() where connection_id = $1', [json.id]);
  const path = `GET /v1/credentials/acme/system-users?name=${String(json.name)}`;
  expect(await scene.ask(path)).toMatchObject({ status: 409, json: { reason: 'expired' } });
});

test('a key limited to a client and a service sees and touches only those', async () => {
  const { ask, mint } = scene;
  const theirs = await importing({ clientId: 'beta', name: 'theirs', accessToken: 'a' });
  const mine = await importing({ name: 'mine', accessToken: 'a' });
  const keyed = await importing({ name: 'keyed', service: 'keyed', apiKey: 'k' });
  const { key } = await mint({ clientIds: ['acme'], services: ['crm'] });
  const { items } = (await ask('GET /v1/connections?limit=500', { key })).json as {
    items: { clientId: string; service: string }[];
  };
  expect(new Set(items.map(({ clientId, service }) => `${clientId} ${service}`))).toEqual(new Set(['acme crm']));
  expect((await ask(`GET /v1/connections/${String(mine.json.id)}`, { key })).status).toBe(200);
  for (const { json } of [theirs, keyed]) {
    for (const request of ['GET', 'DELETE']) {
      expect(await ask(`${request} /v1/connections/${String(json.id)}`, { key })).toMatchObject({
        status: 403,
        json: { code: 'client_not_allowed' },
      });
    }
    expect((await ask(`POST /v1/connections/${String(json.id)}/disable`, { key })).status).toBe(403);
  }
  expect((await ask('GET /v1/connections?clientId=beta', { key })).status).toBe(403);
  expect((await ask(`GET /v1/connections/${String(theirs.json.id)}`)).json.status).toBe('active');
});

test('every attempt to refresh a connection is shown, newest first, page by page', async () => {
  const { json } = await importing({ name: 'tried', accessToken: 'a', refreshToken: 'r', expiresAt: inSeconds(3_600) });
  const path = `/v1/connections/${String(json.id)}`;
  await scene.database.query(
    `insert into refresh_attempts (id, started_at, organization_id, connection_id, app_id, generation, worker_number, finished_at, outcome,
                                   error_code, http_status, duration_ms)
     select gen_random_uuid(), date_trunc('day', now()) - make_interval(hours => 13 * (n / 2)), c.organization_id, c.id, c.app_id, n, 1, now(),
            'transient', 'http_503', 503, n
       from connections c, generate_series(0, 24) n where c.id = $1`,
    [json.id],
  );
  const generations: number[] = [];
  let cursor = '';
  do {
    const page = await scene.ask(`GET ${path}/history?limit=4${cursor}`);
    const { items, nextCursor } = page.json as { items: { generation: number }[]; nextCursor: string | null };
    expect(items.length).toBeLessThanOrEqual(4);
    generations.push(...items.map(({ generation }) => generation));
    cursor = nextCursor === null ? '' : `&cursor=${nextCursor}`;
  } while (cursor !== '');
  // Two of each moment, in whatever order; each once.
  expect(generations.map((generation) => Math.floor(generation / 2))).toEqual(
    Array.from({ length: 25 }, (_, position) => Math.floor(position / 2)),
  );
  expect(new Set(generations).size).toBe(25);
  const { items } = (await scene.ask(`GET ${path}/history`)).json as { items: object[] };
  expect(items[24]).toMatchObject({ outcome: 'transient', errorCode: 'http_503', httpStatus: 503, durationMs: 24 });
  expect((await scene.ask(`GET ${path}`)).json.history).toHaveLength(20);
  expect((await scene.ask(`GET ${path}/history?cursor=x`)).status).toBe(400);
});

test('usage counts what was released, by workflow', async () => {
  const { ask } = scene;
  const { json } = await importing({ name: 'used', accessToken: 'a' });
  const grant = (ids: object) =>
    ask('POST /v1/grants', { body: { clientId: 'acme', service: 'crm', name: 'used', ...ids } });
  const w1 = { workflowId: 'w1', executionId: 'e1' };
  for (const ids of [w1, w1, { workflowId: 'w2', executionId: 'e2' }, {}]) expect((await grant(ids)).status).toBe(200);
  // Who reads by GET tells it in headers; what is no id is left out.
  for (const workflow of ['w1', 'not an id']) {
    const headers = { 'x-n8n-workflow-id': workflow, 'x-n8n-execution-id': 'e3' };
    expect((await ask('GET /v1/credentials/acme/crm?name=used', { headers })).status).toBe(200);
  }
  const usage = await ask(`GET /v1/connections/${String(json.id)}/usage`);
  expect(usage.json).toMatchObject({
    total: 6,
    workflows: [
      { workflowId: 'w1', count: 3, executions: 2 },
      { workflowId: null, count: 2, executions: 1 },
      { workflowId: 'w2', count: 1, executions: 1 },
    ],
  });
  const later = await ask(`GET /v1/connections/${String(json.id)}/usage?since=2999-01-01T00:00:00Z`);
  expect(later.json).toEqual({ since: '2999-01-01T00:00:00.000Z', total: 0, workflows: [] });
});
