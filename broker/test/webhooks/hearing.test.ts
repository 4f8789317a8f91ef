import { Client } from 'pg';
import { setScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());
beforeEach(() => scene.clear());

const heard = (): string[] =>
  scene.receiver.received.map(({ event }) => ('clientId' in event.data ? (event.data.clientId as string) : event.type));
const statusOf = async (id: string): Promise<unknown> => (await scene.must(`GET /v1/webhooks/${id}`)).status;
const SCOPES = ['webhooks:write', 'connections:write'] as const;

describe('a webhook hears what its key may see', () => {
  test('of the clients and services of the key alone, and at each event anew: narrowed, less; revoked, nothing', async () => {
    const { id: keyId, key } = await scene.mint({
      scopes: [...SCOPES],
      clientIds: ['acme', 'beta'],
      services: ['mail'],
    });
    const { id } = await scene.listen({}, key);
    for (const clientId of ['acme', 'beta'])
      for (const service of ['mail', 'crm']) await scene.connect(clientId, service);
    await scene.deliver();
    expect(heard().sort()).toEqual(['acme', 'beta']);

    // What waited when it was narrowed is not told either.
    await scene.connect('beta', 'mail');
    await scene.database.query('update outbox set dispatched_at = null');
    await scene.must(`PATCH /v1/access-keys/${keyId}`, { clientIds: ['acme'] });
    await scene.connect('acme', 'mail');
    await scene.deliver();
    expect(heard().sort()).toEqual(['acme', 'acme', 'beta']);

    await scene.must(`POST /v1/access-keys/${keyId}/revoke`);
    await scene.connect('acme', 'mail');
    await scene.deliver();
    expect(scene.receiver.received).toHaveLength(3);
    expect(await statusOf(id)).toBe('paused');
    // Whoever may hear as much may take it over.
    const { key: other } = await scene.mint({ scopes: [...SCOPES], clientIds: ['acme'], services: ['mail'] });
    expect(await scene.must(`PATCH /v1/webhooks/${id}`, { enabled: true }, other)).toMatchObject({ status: 'active' });
    await scene.connect('acme', 'mail');
    await scene.deliver();
    expect(scene.receiver.received).toHaveLength(4);
  });

  test('what is on its way when the key is narrowed or revoked does not leave any more', async () => {
    const { id: keyId, key } = await scene.mint({ scopes: [...SCOPES], clientIds: ['acme', 'beta'] });
    const { id } = await scene.listen({}, key);
    scene.receiver.answer((_received, response) => response.writeHead(500).end());
    for (const clientId of ['acme', 'beta']) await scene.connect(clientId);
    await scene.deliver();
    await scene.must(`PATCH /v1/access-keys/${keyId}`, { clientIds: ['beta'] });
    await scene.database.query('update webhook_deliveries set next_attempt_at = otobot_now()');
    await scene.deliver();
    expect(heard().sort()).toEqual(['acme', 'beta', 'beta']);
    const { items } = await scene.must(`GET /v1/webhooks/${id}/deliveries?status=failed`);
    expect(items).toMatchObject([{ clientId: 'acme', code: 'out_of_reach' }]);
    await scene.must(`POST /v1/access-keys/${keyId}/revoke`);
    await scene.database.query('update webhook_deliveries set next_attempt_at = otobot_now()');
    await scene.deliver();
    expect(scene.receiver.received).toHaveLength(3);
  });

  test('a key that is rerolled takes its webhooks along, and an expired one falls silent', async () => {
    const { id: keyId, key } = await scene.mint({ scopes: [...SCOPES] });
    const { id } = await scene.listen({}, key);
    const { id: nextId } = await scene.must(`POST /v1/access-keys/${keyId}/reroll`);
    await scene.connect();
    await scene.deliver();
    expect(heard().sort()).toEqual(['acme', 'key.rotated']);
    expect(await statusOf(id)).toBe('active');
    await scene.must(`PATCH /v1/access-keys/${String(nextId)}`, { expiresAt: '2020-01-01T00:00:00Z' });
    await scene.connect();
    await scene.deliver();
    expect(scene.receiver.received).toHaveLength(2);
    expect(await statusOf(id)).toBe('paused');
  });

  test('nobody sees or changes a webhook that hears more than he may see, or makes one of his hear more', async () => {
    const { id: wide } = await scene.listen();
    const { id: narrow } = await scene.listen({ clientId: 'acme' });
    const limited = { scopes: ['webhooks:write', 'connect:write'] as const, clientIds: ['acme'] };
    const { key } = await scene.mint({ ...limited, scopes: [...limited.scopes] });
    for (const request of [`GET /v1/webhooks/${wide}`, `DELETE /v1/webhooks/${wide}`, `POST /v1/webhooks/${wide}/test`])
      expect(await scene.ask(request, { key })).toMatchObject({ status: 404, json: { code: 'not_found' } });
    expect(await scene.must('GET /v1/webhooks', undefined, key)).toMatchObject({ items: [{ id: narrow }] });
    const widened = await scene.ask(`PATCH /v1/webhooks/${narrow}`, { key, body: { clientId: null } });
    expect(widened).toMatchObject({ status: 403, json: { code: 'client_not_allowed' } });
    expect(await scene.must(`GET /v1/webhooks/${narrow}`)).toMatchObject({ clientId: 'acme' });
    // It is told links, which this key may not make.
    const { key: linkless } = await scene.mint({ scopes: ['webhooks:write'], clientIds: ['acme'] });
    expect((await scene.ask(`GET /v1/webhooks/${narrow}`, { key: linkless })).status).toBe(404);
    expect(
      (await scene.ask('POST /v1/webhooks', { key: linkless, body: { url: scene.receiver.url, clientId: 'beta' } }))
        .status,
    ).toBe(403);
  });

  test('another organization hears nothing of this one', async () => {
    await scene.listen();
    await scene.must('POST /v1/webhooks', { url: scene.receiver.url, description: 'theirs' }, scene.otherKey);
    await scene.connect();
    await scene.deliver();
    expect(scene.receiver.received).toHaveLength(1);
  });

  test('an outage is told with the services that the key may see, and to nobody who may see none of them', async () => {
    const events = ['provider.incident'];
    const { key } = await scene.mint({ scopes: ['webhooks:write'], clientIds: ['acme'], services: ['mail'] });
    await scene.listen({ events, clientId: 'acme' }, key);
    const { key: blind } = await scene.mint({ scopes: ['webhooks:write'], services: ['none'] });
    await scene.listen({ events }, blind);
    await scene.database.query(
      `insert into outbox (organization_id, type, data)
       select id, 'provider.incident', '{"state": "open", "host": "h", "services": ["mail", "crm"]}' from organizations where name = 'default'`,
    );
    await scene.deliver();
    expect(scene.receiver.received.map(({ event }) => event.data)).toEqual([
      { state: 'open', host: 'h', services: ['mail'] },
    ]);
  });
});

describe('each event once for each webhook', () => {
  test('also with several workers at once', async () => {
    await scene.listen();
    await scene.listen();
    await scene.database.query(
      `insert into outbox (organization_id, type) select id, 'app.recovered' from organizations, generate_series(1, 400) where name = 'default'`,
    );
    await Promise.all([1, 2, 3].map(() => scene.deliver()));
    const ids = scene.receiver.received.map(({ id }) => id);
    expect(ids).toHaveLength(800);
    expect(new Set(ids).size).toBe(400);
  }, 60_000);

  test('also one whose transaction commits after later ones were told; and none that was rolled back', async () => {
    await scene.listen();
    const insert = `insert into outbox (organization_id, type, data) select id, 'app.suspended', $1 from organizations where name = 'default'`;
    const sessions = await Promise.all(
      [1, 2].map(async () => {
        const session = new Client({ connectionString: scene.database.url });
        await session.connect();
        await session.query('begin');
        return session;
      }),
    );
    for (const [index, session] of sessions.entries()) await session.query(insert, [{ code: `early-${index}` }]);
    await scene.database.query(insert, [{ code: 'late' }]);
    await scene.deliver();
    await sessions[0]?.query('commit');
    await sessions[1]?.query('rollback');
    await Promise.all(sessions.map((session) => session.end()));
    await scene.deliver();
    await scene.deliver();
    expect(scene.receiver.received.map(({ event }) => event.data.code)).toEqual(['late', 'early-0']);
  });

  test('what happened before it was there is told by a replay alone, which also takes up what a disabled one missed', async () => {
    await scene.connect('acme');
    const { id } = await scene.listen();
    await scene.deliver();
    expect(scene.receiver.received).toHaveLength(0);
    const since = '2026-01-01T00:00:00Z';
    expect(await scene.must(`POST /v1/webhooks/${id}/replay`, { since })).toMatchObject({ events: 1, more: false });
    await scene.deliver();
    expect(heard()).toEqual(['acme']);
    await scene.must(`PATCH /v1/webhooks/${id}`, { enabled: false });
    await scene.connect('beta');
    await scene.deliver();
    await scene.must(`PATCH /v1/webhooks/${id}`, { enabled: true });
    const missed = { since, onlyUndelivered: true };
    expect(await scene.must(`POST /v1/webhooks/${id}/replay`, missed)).toMatchObject({ events: 1 });
    await scene.deliver();
    expect(heard()).toEqual(['acme', 'beta']);
    expect(await scene.must(`POST /v1/webhooks/${id}/replay`, { since })).toMatchObject({ events: 2 });
    await scene.deliver();
    const ids = scene.receiver.received.map((received) => received.id);
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(2);
  });
});

test('while refreshing is paused nothing is told: it may be a copy that tells it', async () => {
  await scene.listen();
  await scene.connect();
  await scene.database.query(
    `update installation set refreshing_paused_at = now(), refreshing_paused_reason = 'operator'`,
  );
  await scene.deliver();
  expect(scene.receiver.received).toHaveLength(0);
  await scene.database.query('update installation set refreshing_paused_at = null, refreshing_paused_reason = null');
  await scene.deliver();
  expect(scene.receiver.received).toHaveLength(1);
});
