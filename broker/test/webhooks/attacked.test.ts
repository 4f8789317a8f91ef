import { setScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());
beforeEach(() => scene.clear());

test('of two who change a webhook at once, neither undoes what the other has changed', async () => {
  const { id } = await scene.listen({ url: 'https://hooks.example/in' });
  for (let round = 0; round < 5; round += 1) {
    await scene.must(`PATCH /v1/webhooks/${id}`, { url: 'https://hooks.example/in', clientId: null });
    const [a, b] = [`round ${round}`, 'acme'];
    await Promise.all([
      scene.must(`PATCH /v1/webhooks/${id}`, { url: scene.receiver.url }),
      scene.must(`PATCH /v1/webhooks/${id}`, { description: a }),
      scene.must(`PATCH /v1/webhooks/${id}`, { clientId: b }),
    ]);
    const now = await scene.must(`GET /v1/webhooks/${id}`);
    expect(now).toMatchObject({ url: scene.receiver.url, description: a, clientId: b });
  }
});

test('the log of a webhook that heard more before shows a key only what it may see', async () => {
  const { id } = await scene.listen();
  for (const clientId of ['acme', 'beta']) await scene.connect(clientId);
  await scene.deliver();
  await scene.came(2);
  await scene.must(`PATCH /v1/webhooks/${id}`, { clientId: 'acme' });
  const { key } = await scene.mint({ scopes: ['webhooks:write', 'connect:write'], clientIds: ['acme'] });
  const items = async (asked?: string) =>
    (await scene.must(`GET /v1/webhooks/${id}/deliveries`, undefined, asked)).items as Record<string, unknown>[];
  expect((await items()).map(({ clientId }) => clientId)).toEqual(['beta', 'acme']);
  expect((await items(key)).map(({ clientId }) => clientId)).toEqual(['acme']);
  const [beta] = await items();
  const replayed = await scene.ask(`POST /v1/webhooks/${id}/deliveries/${String(beta?.id)}/replay`, { body: {}, key });
  expect(replayed.status).toBe(404);
});

test("a delivery that somebody wrote by SQL is not a way to another organization's events, nor is one called a test", async () => {
  const { id } = await scene.listen({ clientId: 'acme' });
  await scene.connect('beta');
  await scene.deliver();
  const { rows } = await scene.database.query<{ organization: string; event: string }>(
    `with other as (insert into organizations (name, display_name) values ('elsewhere', 'Elsewhere') returning id)
     insert into outbox (organization_id, type, dispatched_at) select id, 'key.rotated', now() from other
     returning organization_id as organization, id as event`,
  );
  await scene.database.query(
    `insert into webhook_deliveries (organization_id, webhook_id, event_id, is_test)
     select w.organization_id, w.id, e.id, true from webhooks w cross join outbox e where w.id = $1`,
    [id],
  );
  await scene.database.query('update webhooks set client_id = null');
  await scene.database.query('update webhook_deliveries set is_test = false where event_id = $1', [rows[0]?.event]);
  await scene.deliver();
  expect(scene.receiver.received).toHaveLength(0);
});

test('while refreshing is paused no test is sent either', async () => {
  const { id } = await scene.listen();
  const pause = (at: string, reason: string) =>
    scene.database.query(`update installation set refreshing_paused_at = ${at}, refreshing_paused_reason = ${reason}`);
  await pause('now()', `'operator'`);
  expect(await scene.must(`POST /v1/webhooks/${id}/test`)).toMatchObject({ status: 'waiting' });
  await scene.deliver();
  expect(scene.receiver.received).toHaveLength(0);
  await pause('null', 'null');
  await scene.deliver();
  expect((await scene.came(1))[0]?.event.type).toBe('webhook.test');
});
