import { setScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
  await scene.ask('POST /v1/clients', { body: { clientId: 'acme', name: 'Acme' } });
  await scene.ask('POST /v1/services', { body: { name: 'keyed', oauthType: 'api_key' } });
  await scene.ask('POST /v1/connections', { body: { clientId: 'acme', service: 'keyed', apiKey: 'k-1' } });
});
afterAll(() => scene.close());

const create = (body: object, key?: string) =>
  scene.ask('POST /v1/access-keys', { body: { name: 'made', ...body }, ...(key && { key }) });
const read = (key: string) => scene.ask('GET /v1/credentials/acme/keyed', { key });

test("a key's text is in the creating answer only, and works at once", async () => {
  const created = await create({ preset: 'n8n' });
  const { id, key } = created.json as { id: string; key: string };
  expect(created.status).toBe(201);
  expect(key).toMatch(new RegExp(`^otb_live_${id}_`));
  expect(created.json).toMatchObject({
    environment: 'live',
    clientIds: null,
    services: null,
    expiresAt: null,
    revokedAt: null,
    limits: {},
  });
  expect(created.json).not.toHaveProperty('secretHash');
  expect((await read(key)).status).toBe(200);

  const list = await scene.ask('GET /v1/access-keys?limit=500');
  expect((list.json.items as { id: string }[]).filter((item) => item.id === id)).toHaveLength(1);
  const secret = key.slice(22, 65);
  const { rows } = await scene.database.query<{ row: string }>('select k::text as row from access_keys k');
  expect(list.text + rows.map(({ row }) => row).join()).not.toContain(secret);
});

test('the presets hold what the contract says', async () => {
  expect((await create({ preset: 'n8n' })).json.scopes).toEqual(
    expect.arrayContaining([
      'credentials:read',
      'connections:read',
      'clients:read',
      'services:read',
      'connect:write',
      'webhooks:write',
    ]),
  );
  expect((await create({ preset: 'monitor', environment: 'test' })).json).toMatchObject({
    environment: 'test',
    key: expect.stringMatching(/^otb_test_/) as unknown,
  });
});

describe('a key mints only subsets of itself', () => {
  const powers = {
    scopes: ['access-keys:write', 'clients:read', 'credentials:read'],
    clientIds: ['acme', 'beta'],
    services: ['keyed'],
    expiresAt: '2099-01-01T00:00:00Z',
    limits: { ratePerMinute: 100 },
  };
  let limited: string;
  beforeAll(async () => {
    limited = (await create(powers)).json.key as string;
  });

  test('what is left out is as wide as its own', async () => {
    expect((await create({ scopes: ['clients:read'] }, limited)).json).toMatchObject({
      scopes: ['clients:read'],
      clientIds: ['acme', 'beta'],
      services: ['keyed'],
      expiresAt: '2099-01-01T00:00:00.000Z',
      limits: { ratePerMinute: 100 },
    });
  });

  test.each([
    [
      {
        scopes: ['clients:read'],
        clientIds: ['acme'],
        expiresAt: '2090-01-01T00:00:00Z',
        limits: { ratePerMinute: 5 },
      },
      201,
      undefined,
    ],
    [{ scopes: ['clients:write'] }, 403, 'scope_missing'],
    [{ preset: 'operator' }, 403, 'scope_missing'],
    [{ scopes: ['clients:read'], clientIds: ['gamma'] }, 403, 'client_not_allowed'],
    [{ scopes: ['clients:read'], clientIds: null }, 403, 'client_not_allowed'],
    [{ scopes: ['clients:read'], services: null }, 403, 'client_not_allowed'],
    [{ scopes: ['clients:read'], services: ['google'] }, 403, 'client_not_allowed'],
    [{ scopes: ['clients:read'], expiresAt: null }, 403, 'scope_missing'],
    [{ scopes: ['clients:read'], expiresAt: '2099-01-01T00:00:01Z' }, 403, 'scope_missing'],
    [{ scopes: ['clients:read'], limits: {} }, 403, 'scope_missing'],
    [{ scopes: ['clients:read'], limits: { ratePerMinute: 101 } }, 403, 'scope_missing'],
  ])('%j: %d', async (body, status, code) => {
    const before = (await scene.database.query('select from access_keys')).rowCount ?? 0;
    const answer = await create(body, limited);
    expect({ status: answer.status, code: answer.json.code }).toEqual({ status, code });
    expect((await scene.database.query('select from access_keys')).rowCount).toBe(before + (status === 201 ? 1 : 0));
  });

  test('nor does it see, widen, reroll or revoke keys that reach further', async () => {
    const wide = (await create({ preset: 'n8n' })).json as { id: string; key: string };
    const own = (await create({ scopes: ['clients:read'] }, limited)).json as { id: string };
    const { items } = (await scene.ask('GET /v1/access-keys', { key: limited })).json as { items: { id: string }[] };
    expect(items.map(({ id }) => id)).toContain(own.id);
    expect(items.map(({ id }) => id)).not.toContain(wide.id);
    expect((await scene.ask(`POST /v1/access-keys/${wide.id}/reroll`, { key: limited })).status).toBe(404);
    expect((await scene.ask(`POST /v1/access-keys/${wide.id}/revoke`, { key: limited })).status).toBe(404);
    expect(
      (await scene.ask(`PATCH /v1/access-keys/${own.id}`, { key: limited, body: { clientIds: null } })).status,
    ).toBe(403);
    expect((await read(wide.key)).status).toBe(200);
  });
});

test('an edit bites at once', async () => {
  const { id, key } = (await create({ preset: 'n8n' })).json as { id: string; key: string };
  expect((await read(key)).status).toBe(200);
  const edited = await scene.ask(`PATCH /v1/access-keys/${id}`, {
    body: { name: 'renamed', clientIds: ['beta'], limits: { ratePerMinute: 3 } },
  });
  expect(edited).toMatchObject({
    status: 200,
    json: { name: 'renamed', clientIds: ['beta'], limits: { ratePerMinute: 3 } },
  });
  expect((await read(key)).status).toBe(403);
  await scene.ask(`PATCH /v1/access-keys/${id}`, { body: { clientIds: null, scopes: ['clients:read'] } });
  expect(await read(key)).toMatchObject({ status: 403, json: { code: 'scope_missing' } });
});

test('a revoked key releases nothing more, and stays revoked', async () => {
  const { id, key } = (await create({ preset: 'n8n' })).json as { id: string; key: string };
  expect((await read(key)).status).toBe(200);
  const revoked = await scene.ask(`POST /v1/access-keys/${id}/revoke`, { body: { reason: 'leaked' } });
  expect(revoked).toMatchObject({
    status: 200,
    json: { revokedReason: 'leaked', revokedAt: expect.any(String) as unknown },
  });
  expect((await read(key)).status).toBe(401);
  expect((await scene.ask(`POST /v1/access-keys/${id}/revoke`)).json).toEqual(revoked.json);
  expect((await scene.ask(`POST /v1/access-keys/${id}/reroll`)).status).toBe(409);
});

test('an expired key is refused', async () => {
  const { key } = (await create({ preset: 'n8n', expiresAt: new Date(Date.now() - 1_000).toISOString() })).json as {
    key: string;
  };
  expect((await read(key)).status).toBe(401);
});

test('a rerolled key ends at once, or after the time of grace; its successor may do the same', async () => {
  const first = (await create({ preset: 'n8n', clientIds: ['acme'] })).json as { id: string; key: string };
  const second = await scene.ask(`POST /v1/access-keys/${first.id}/reroll`);
  expect(second).toMatchObject({ status: 201, json: { clientIds: ['acme'], name: 'made' } });
  expect((await read(first.key)).status).toBe(401);
  expect((await read(second.json.key as string)).status).toBe(200);

  const third = await scene.ask(`POST /v1/access-keys/${second.json.id as string}/reroll`, {
    body: { graceSeconds: 3_600 },
  });
  expect((await read(second.json.key as string)).status).toBe(200);
  expect((await read(third.json.key as string)).status).toBe(200);
  const { rows } = await scene.database.query(
    `select from access_keys where id = $1 and expires_at between now() + interval '59 minutes' and now() + interval '61 minutes'`,
    [second.json.id],
  );
  expect(rows).toHaveLength(1);
});

test('a row that was widened by SQL is not given a valid MAC by an edit', async () => {
  const { id, key } = (await create({ scopes: ['clients:read'] })).json as { id: string; key: string };
  await scene.database.query(`update access_keys set scopes = '{credentials:read}' where id = $1`, [id]);
  expect(await scene.ask(`PATCH /v1/access-keys/${id}`, { body: { name: 'laundered' } })).toMatchObject({
    status: 500,
    json: { code: 'integrity' },
  });
  expect((await scene.ask(`POST /v1/access-keys/${id}/reroll`)).status).toBe(500);
  expect((await read(key)).status).toBe(401);
});

test('pages of keys hold each once, newest first', async () => {
  const ids: string[] = [];
  for (let cursor = ''; ;) {
    const { json } = await scene.ask(`GET /v1/access-keys?limit=3${cursor}`);
    ids.push(...(json.items as { id: string }[]).map(({ id }) => id));
    if (json.nextCursor === null) break;
    cursor = `&cursor=${json.nextCursor as string}`;
  }
  const { rows } = await scene.database.query<{ id: string }>(
    `select k.id from access_keys k join organizations o on o.id = organization_id where o.name = 'default' order by k.created_at desc, k.id desc`,
  );
  expect(ids).toEqual(rows.map(({ id }) => id));
});

test.each([
  {},
  { preset: 'n8n', scopes: ['clients:read'] },
  { preset: 'root' },
  { scopes: ['clients:read', 'everything'] },
  { scopes: [] },
  { preset: 'n8n', limits: { dailyQuota: 5 } },
  { preset: 'n8n', limits: { ratePerMinute: 0 } },
  { preset: 'n8n', expiresAt: 'never' },
  { preset: 'n8n', clientIds: 'acme' },
])('%j is malformed', async (body) => {
  expect(await create(body)).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
});
