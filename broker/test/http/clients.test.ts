import { setScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

test('a client is created, read, changed and deleted', async () => {
  const created = await scene.ask('POST /v1/clients', {
    body: { clientId: 'acme', name: 'Acme', email: 'a@acme.example', locale: 'fr-CH' },
  });
  expect(created).toMatchObject({
    status: 201,
    json: { clientId: 'acme', name: 'Acme', email: 'a@acme.example', locale: 'fr-CH', suspendedAt: null },
  });
  expect(created.json.createdAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

  const changed = await scene.ask('PATCH /v1/clients/acme', { body: { email: null, name: 'Acme AG' } });
  expect(changed).toMatchObject({ status: 200, json: { name: 'Acme AG', email: null, locale: 'fr-CH' } });
  expect((await scene.ask('GET /v1/clients/acme')).json).toEqual(changed.json);

  expect((await scene.ask('DELETE /v1/clients/acme')).status).toBe(200);
  expect(await scene.ask('GET /v1/clients/acme')).toMatchObject({ status: 404, json: { code: 'not_found' } });
  expect((await scene.ask('DELETE /v1/clients/acme')).status).toBe(404);
});

test('a Client ID is taken once, and organizations do not share them', async () => {
  const body = { clientId: 'twice', name: 'One' };
  expect((await scene.ask('POST /v1/clients', { body })).status).toBe(201);
  expect(await scene.ask('POST /v1/clients', { body: { ...body, name: 'Two' } })).toMatchObject({
    status: 409,
    json: { code: 'conflict' },
  });
  expect((await scene.ask('GET /v1/clients/twice')).json.name).toBe('One');
  expect((await scene.ask('POST /v1/clients', { key: scene.otherKey, body })).status).toBe(201);
});

test('deleting a client deletes its connections and own apps, and nothing of another client', async () => {
  const { ask, database } = scene;
  await ask('POST /v1/services', { body: { name: 'keep', tokenUrl: 'https://keep.example/token' } });
  for (const clientId of ['gone', 'stays']) {
    await ask('POST /v1/clients', { body: { clientId, name: clientId } });
    await ask(`PUT /v1/clients/${clientId}/apps/keep`, { body: { clientId: 'oauth', clientSecrets: ['s'] } });
    await ask('POST /v1/connections', { body: { clientId, service: 'keep', accessToken: 'token' } });
  }
  expect((await ask('DELETE /v1/clients/gone')).status).toBe(200);
  for (const table of ['connections', 'apps']) {
    const { rows } = await database.query(`select client_id from ${table}`);
    expect(rows).toEqual([{ client_id: 'stays' }]);
  }
  expect((await database.query('select from token_sets')).rowCount).toBe(1);
});

test('a suspension keeps its first moment, and ends with resume', async () => {
  await scene.ask('POST /v1/clients', { body: { clientId: 'paused', name: 'P' } });
  const first = await scene.ask('POST /v1/clients/paused/suspend');
  expect(first.json.suspendedAt).toEqual(expect.any(String));
  expect((await scene.ask('POST /v1/clients/paused/suspend')).json.suspendedAt).toBe(first.json.suspendedAt);
  expect((await scene.ask('POST /v1/clients/paused/resume')).json.suspendedAt).toBeNull();
});

test('pages hold every client once, in order, whatever their size', async () => {
  for (const clientId of ['p1', 'p2', 'p3', 'p4', 'p5'])
    await scene.ask('POST /v1/clients', { key: scene.otherKey, body: { clientId, name: 'P' } });
  const all = await scene.ask('GET /v1/clients', { key: scene.otherKey });
  const ids = (all.json.items as { clientId: string }[]).map(({ clientId }) => clientId);
  expect(all.json.nextCursor).toBeNull();

  const paged: string[] = [];
  let cursor: unknown = '';
  while (cursor !== null) {
    const page = await scene.ask(`GET /v1/clients?limit=2${cursor === '' ? '' : `&cursor=${cursor as string}`}`, {
      key: scene.otherKey,
    });
    expect((page.json.items as unknown[]).length).toBeLessThanOrEqual(2);
    paged.push(...(page.json.items as { clientId: string }[]).map(({ clientId }) => clientId));
    cursor = page.json.nextCursor;
  }
  expect(paged).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

test.each(['nonsense', 'bnVsbA', Buffer.from('{"a":1}').toString('base64url'), '..%2f', "'"])(
  'the cursor %s is refused',
  async (cursor) => {
    expect(await scene.ask(`GET /v1/clients?cursor=${cursor}`)).toMatchObject({
      status: 400,
      json: { code: 'invalid_request' },
    });
  },
);

test.each(['0', '501', '-1', 'x', '1e2'])('the limit %s is refused', async (limit) => {
  expect((await scene.ask(`GET /v1/clients?limit=${limit}`)).status).toBe(400);
});

test('a key limited to clients sees and touches only those', async () => {
  for (const clientId of ['mine', 'theirs'])
    await scene.ask('POST /v1/clients', { body: { clientId, name: clientId } });
  const { key } = await scene.mint({ clientIds: ['mine'] });
  expect((await scene.ask('GET /v1/clients', { key })).json).toEqual({
    items: [expect.objectContaining({ clientId: 'mine' })],
    nextCursor: null,
  });
  expect((await scene.ask('GET /v1/clients/mine', { key })).status).toBe(200);
  const refused = { status: 403, json: { code: 'client_not_allowed' } };
  expect(await scene.ask('GET /v1/clients/theirs', { key })).toMatchObject(refused);
  expect(await scene.ask('DELETE /v1/clients/theirs', { key })).toMatchObject(refused);
  expect(await scene.ask('POST /v1/clients', { key, body: { clientId: 'new', name: 'n' } })).toMatchObject(refused);
  expect((await scene.ask('GET /v1/clients/theirs')).status).toBe(200);
});

describe('a search', () => {
  const called = [
    { clientId: 'bakery-1', name: 'Le Fournil' },
    { clientId: 'bakery-2', name: 'Brot & Co' },
    { clientId: 'cafe', name: 'The BAKERY café' },
    { clientId: 'other', name: '100 % _other_' },
  ];
  const found = async (query: string) => {
    const { json } = await scene.ask(`GET /v1/clients?${query}`);
    return (json.items as { clientId: string }[]).map(({ clientId }) => clientId);
  };
  beforeAll(async () => {
    for (const body of called) await scene.ask('POST /v1/clients', { body });
  });

  test('finds part of the Client ID or of the name, in any case, in the order of the list', async () => {
    expect(await found('search=BaKeR')).toEqual(['bakery-1', 'bakery-2', 'cafe']);
    expect(await found('search=fournil')).toEqual(['bakery-1']);
    expect(await found('search=nobody-is-called-so')).toEqual([]);
  });

  test('takes what a pattern would mean as it is written', async () => {
    expect(await found('search=%25')).toEqual(['other']);
    expect(await found('search=_other')).toEqual(['other']);
    expect(await found(`search=${encodeURIComponent("' or true --")}`)).toEqual([]);
  });

  test('goes on where its page ended', async () => {
    const first = await scene.ask('GET /v1/clients?search=bakery&limit=2');
    expect(await found(`search=bakery&limit=2&cursor=${first.json.nextCursor as string}`)).toEqual(['cafe']);
  });

  test('reaches no further than the key, and no other organization', async () => {
    const { key } = await scene.mint({ preset: 'n8n', clientIds: ['cafe'] });
    const limited = await scene.ask('GET /v1/clients?search=bakery', { key });
    expect((limited.json.items as unknown[]).length).toBe(1);
    const foreign = await scene.ask('GET /v1/clients?search=bakery', { key: scene.otherKey });
    expect(foreign.json.items).toEqual([]);
  });
});
