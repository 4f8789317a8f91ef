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
    limits: { ratePerMinute: 100, quotaPerDay: 50, quotaPerMonth: 500 },
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
      limits: { ratePerMinute: 100, quotaPerDay: 50, quotaPerMonth: 500 },
    });
    expect((await create({ scopes: ['clients:read'], limits: { quotaPerDay: 5 } }, limited)).json.limits).toEqual({
      ...{ ratePerMinute: 100, quotaPerDay: 5, quotaPerMonth: 500 },
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
    [{ scopes: ['clients:read'], limits: { ratePerMinute: null } }, 403, 'scope_missing'],
    [{ scopes: ['clients:read'], limits: { quotaPerDay: null } }, 403, 'scope_missing'],
    [{ scopes: ['clients:read'], limits: { quotaPerDay: 51 } }, 403, 'scope_missing'],
    [{ scopes: ['clients:read'], limits: { quotaPerMonth: 501 } }, 403, 'scope_missing'],
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
    expect((await scene.ask(`GET /v1/access-keys/${wide.id}`, { key: limited })).status).toBe(404);
    expect((await scene.ask(`GET /v1/access-keys/${own.id}`, { key: limited })).status).toBe(200);
    expect((await scene.ask(`POST /v1/access-keys/${wide.id}/reroll`, { key: limited })).status).toBe(404);
    expect((await scene.ask(`POST /v1/access-keys/${wide.id}/revoke`, { key: limited })).status).toBe(404);
    expect(
      (await scene.ask(`PATCH /v1/access-keys/${own.id}`, { key: limited, body: { clientIds: null } })).status,
    ).toBe(403);
    expect((await read(wide.key)).status).toBe(200);
  });
});

test('scopes beside a preset are what the key may do beyond it', async () => {
  const { json, status } = await create({ preset: 'n8n', scopes: ['connections:write', 'connections:read'] });
  expect(status).toBe(201);
  const { scopes } = (await create({ preset: 'n8n' })).json;
  expect([...(json.scopes as string[])].sort()).toEqual([...(scopes as string[]), 'connections:write'].sort());
  expect((await create({})).status).toBe(400);
});

test('a refusal names the scope that is missing, for programs too', async () => {
  const { key } = (await create({ preset: 'n8n' })).json as { key: string };
  const refused = await scene.ask('POST /v1/clients', { key, body: { clientId: 'c', name: 'C' } });
  expect(refused).toMatchObject({ status: 403, json: { code: 'scope_missing', scope: 'clients:write' } });
  expect(refused.json.detail).toContain('clients:write');
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

test('of the limits too an edit changes only what is given, and null takes one away', async () => {
  const { id } = (await create({ preset: 'n8n', limits: { ratePerMinute: 9, quotaPerDay: 10 } })).json;
  const edit = async (limits: object) =>
    (await scene.ask(`PATCH /v1/access-keys/${String(id)}`, { body: { limits } })).json.limits;
  expect(await edit({ quotaPerMonth: 100 })).toEqual({ ratePerMinute: 9, quotaPerDay: 10, quotaPerMonth: 100 });
  expect(await edit({ quotaPerDay: null, ratePerMinute: 8 })).toEqual({ ratePerMinute: 8, quotaPerMonth: 100 });
  expect((await scene.ask(`GET /v1/access-keys/${String(id)}`)).json.limits).toEqual({
    ...{ ratePerMinute: 8, quotaPerMonth: 100 },
  });
});

test('how a key is used is shown, by the calendar in UTC', async () => {
  const { id } = (await create({ preset: 'n8n' })).json;
  const show = async () => (await scene.ask(`GET /v1/access-keys/${String(id)}`)).json;
  const nothing = { lastUsedAt: null, lastUsedFrom: null, usedToday: 0, usedThisMonth: 0 };
  expect(await show()).toMatchObject(nothing);
  const counted = (day: string, month: string) =>
    scene.database.query(
      `insert into access_key_usage (key_id, last_used_at, last_used_ip, day, day_count, month, month_count)
       values ($1, now(), '192.0.2.7', ${day}, 3, ${month}, 30)
       on conflict (key_id) do update set day = excluded.day, month = excluded.month`,
      [id],
    );
  const today = `(otobot_now() at time zone 'UTC')::date`;
  await counted(today, `date_trunc('month', ${today})`);
  const used = { lastUsedAt: expect.any(String) as unknown, lastUsedFrom: '192.0.2.7' };
  expect(await show()).toMatchObject({ ...used, usedToday: 3, usedThisMonth: 30 });
  const { items } = (await scene.ask('GET /v1/access-keys?limit=500')).json as { items: { id: string }[] };
  expect(items.find((item) => item.id === id)).toMatchObject({ ...used, usedToday: 3 });
  await counted(`${today} - 1`, `date_trunc('month', ${today}) - interval '1 month'`);
  expect(await show()).toMatchObject({ ...used, usedToday: 0, usedThisMonth: 0 });
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
  const chain = await scene.ask(`GET /v1/access-keys/${first.id}`);
  expect(chain.json).toMatchObject({
    replacedBy: second.json.id,
    revokedReason: `rerolled as ${String(second.json.id)}`,
  });
});

test('a key is rerolled once: what it made is rerolled next, and what has ended is made anew', async () => {
  const { id } = (await create({ preset: 'n8n', expiresAt: '2099-01-01T00:00:00Z' })).json;
  const reroll = (which: unknown, graceSeconds = 60) =>
    scene.ask(`POST /v1/access-keys/${String(which)}/reroll`, { body: { graceSeconds } });
  const second = await reroll(id);
  // The old one ends in a minute; what it made lives as long as it would have.
  expect(second.json.expiresAt).toBe('2099-01-01T00:00:00.000Z');
  const again = await reroll(id);
  expect(again).toMatchObject({ status: 409, json: { code: 'conflict' } });
  expect(again.json.detail).toContain(String(second.json.id));
  expect((await reroll(second.json.id)).json.expiresAt).toBe('2099-01-01T00:00:00.000Z');
  const past = (await create({ preset: 'n8n', expiresAt: new Date(Date.now() - 1_000).toISOString() })).json;
  expect((await reroll(past.id)).status).toBe(409);
});

test('a rerolled key goes on with the quotas of the old one, and with what is used of them', async () => {
  const { id } = (await create({ preset: 'n8n', limits: { quotaPerDay: 10 } })).json;
  await scene.database.query(
    `insert into access_key_usage (key_id, day, day_count, month, month_count)
     select $1, d, 9, date_trunc('month', d), 90 from (select (otobot_now() at time zone 'UTC')::date as d) today`,
    [id],
  );
  const used = { limits: { quotaPerDay: 10 }, usedToday: 9, usedThisMonth: 90, lastUsedAt: null };
  const next = await scene.ask(`POST /v1/access-keys/${String(id)}/reroll`);
  expect(next.json).toMatchObject(used);
  expect((await scene.ask(`GET /v1/access-keys/${String(next.json.id)}`)).json).toMatchObject(used);
});

test('a key is given what its quota allows, is told until when, and a reroll does not set it back', async () => {
  const { id, key } = (await create({ preset: 'n8n', limits: { quotaPerDay: 2 } })).json as { id: string; key: string };
  expect([(await read(key)).status, (await read(key)).status]).toEqual([200, 200]);
  const refused = await read(key);
  expect(refused).toMatchObject({ status: 429, json: { code: 'quota_exceeded' } });
  const { rows } = await scene.database.query<{ seconds: number }>(
    `select extract(epoch from date_trunc('day', otobot_now() at time zone 'UTC') + interval '1 day' - otobot_now() at time zone 'UTC')::float8 as seconds`,
  );
  expect(Math.abs(Number(refused.headers.get('retry-after')) - (rows[0]?.seconds ?? 0))).toBeLessThan(60);
  expect(refused.json.detail).toMatch(
    new RegExp(`^Access key ${id} has used up its quota of 2 a day; .* from \\d{4}-\\d\\d-\\d\\dT00:00:00.000Z on`),
  );
  expect((await scene.ask(`GET /v1/access-keys/${id}`)).json).toMatchObject({ usedToday: 2, usedThisMonth: 2 });
  // Whatever it may do besides, it still may.
  expect((await scene.ask('GET /v1/whoami', { key })).status).toBe(200);

  const next = (await scene.ask(`POST /v1/access-keys/${id}/reroll`)).json as { id: string; key: string };
  expect((await read(next.key)).status).toBe(429);
  await scene.ask(`PATCH /v1/access-keys/${next.id}`, { body: { limits: { quotaPerDay: 3 } } });
  expect([(await read(next.key)).status, (await read(next.key)).status]).toEqual([200, 429]);
});

test('a key may revoke itself, and that answer is its last', async () => {
  const { id, key } = (await create({ preset: 'operator' })).json as { id: string; key: string };
  expect((await scene.ask(`POST /v1/access-keys/${id}/revoke`, { key })).status).toBe(200);
  expect((await scene.ask('GET /v1/whoami', { key })).status).toBe(401);
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
  { preset: 'n8n', scopes: [] },
  { preset: 'root' },
  { scopes: ['clients:read', 'everything'] },
  { scopes: [] },
  { preset: 'n8n', limits: { dailyQuota: 5 } },
  { preset: 'n8n', limits: { ratePerMinute: 0 } },
  { preset: 'n8n', limits: { quotaPerDay: 0 } },
  { preset: 'n8n', limits: { quotaPerMonth: 1.5 } },
  { preset: 'n8n', expiresAt: 'never' },
  { preset: 'n8n', clientIds: 'acme' },
])('%j is malformed', async (body) => {
  expect(await create(body)).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
});
