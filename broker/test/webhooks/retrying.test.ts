import { startDatabaseProxy } from '../support/database-proxy';
import { until } from '../support/until';
import { setScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());
beforeEach(() => scene.clear());
afterEach(() => scene.travel('0'));

const count = async (text: string): Promise<number> =>
  (await scene.database.query<{ n: number }>(`select count(*)::int as n from ${text}`)).rows[0]?.n ?? 0;
const secondsTo = (moment: unknown, from: unknown): number =>
  Math.round((Date.parse(String(moment)) - Date.parse(String(from))) / 1_000);

test('what is not taken comes again, under the same id, signed anew, for three days; then it can be replayed', async () => {
  const { id, secret } = await scene.listen();
  scene.receiver.answer((_received, response) => response.writeHead(500).end('not today'));
  await scene.connect();
  await scene.deliver();
  const pauses: number[] = [];
  let passed = 0;
  for (let attempts = 1; attempts <= 9; attempts += 1) {
    const { nextAttemptAt, lastAttemptAt, ...failed } = await scene.delivery(id, { attempts });
    expect(failed).toMatchObject({ status: 'waiting', httpStatus: 500, code: 'http_500' });
    pauses.push(secondsTo(nextAttemptAt, lastAttemptAt));
    passed += (pauses.at(-1) ?? 0) + 2;
    await scene.travel(`${passed} seconds`);
    await scene.deliver();
  }
  expect(pauses).toEqual([5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 14_400]);
  await scene.travel('30 hours');
  await scene.deliver();
  expect(await scene.delivery(id, { attempts: 11 })).toMatchObject({ status: 'waiting' });
  await scene.travel('73 hours');
  await scene.deliver();
  expect(await scene.delivery(id, { attempts: 12 })).toMatchObject({ status: 'failed', nextAttemptAt: null });
  await scene.travel('80 hours');
  await scene.deliver();
  expect(scene.receiver.received).toHaveLength(12);
  expect(new Set(scene.receiver.received.map((received) => received.id)).size).toBe(1);
  for (const received of scene.receiver.received) scene.receiver.verify(received, secret);

  scene.receiver.answer((_received, response) => response.writeHead(200).end());
  const { id: deliveryId, eventId } = await scene.delivery(id, {});
  await scene.must(`PATCH /v1/webhooks/${id}`, { enabled: true });
  await scene.must(`POST /v1/webhooks/${id}/deliveries/${String(deliveryId)}/replay`);
  await scene.deliver();
  expect(await scene.delivery(id, { status: 'delivered' })).toMatchObject({ eventId, attempts: 1, httpStatus: 200 });
  expect(scene.receiver.received[12]?.id).toBe(eventId);
}, 120_000);

test('an endpoint that asks for time gets it', async () => {
  const { id } = await scene.listen();
  scene.receiver.answer((_received, response) => response.writeHead(503, { 'retry-after': '1000' }).end());
  await scene.connect();
  await scene.deliver();
  const { nextAttemptAt, lastAttemptAt } = await scene.delivery(id, { attempts: 1 });
  expect(secondsTo(nextAttemptAt, lastAttemptAt)).toBeGreaterThanOrEqual(1_000);
});

test('410 disables a webhook at once, five days of nothing but failures do it too, and the audit tells of both', async () => {
  const { id } = await scene.listen();
  scene.receiver.answer((_received, response) => response.writeHead(410).end());
  await scene.connect();
  await scene.deliver();
  expect(await scene.must(`GET /v1/webhooks/${id}`)).toMatchObject({ status: 'disabled', disabledReason: 'gone' });
  await scene.connect('beta');
  await scene.deliver();
  expect(scene.receiver.received).toHaveLength(1);

  expect(await scene.must(`PATCH /v1/webhooks/${id}`, { enabled: true })).toMatchObject({
    status: 'active',
    failures: 0,
  });
  scene.receiver.answer((_received, response) => response.writeHead(404).end());
  await scene.connect('beta', 'crm');
  await scene.deliver();
  expect(await scene.must(`GET /v1/webhooks/${id}`)).toMatchObject({ status: 'failing', failures: 1 });
  await scene.travel('5 days 1 hour');
  await scene.deliver();
  expect(await scene.must(`GET /v1/webhooks/${id}`)).toMatchObject({ status: 'disabled', disabledReason: 'failing' });
  const { rows } = await scene.database.query(
    `select code, actor, detail ->> 'webhookId' as id from audit where action = 'webhook.disabled' order by sequence`,
  );
  expect(rows).toEqual([
    { code: 'gone', actor: 'refresher', id },
    { code: 'failing', actor: 'refresher', id },
  ]);
});

test('a worker that is killed between sending and recording leaves it to the next: it comes again, under the same id', async () => {
  const { id } = await scene.listen();
  let answers = false;
  scene.receiver.answer((_received, response) => {
    if (answers) response.writeHead(204).end();
  });
  const worker = await scene.workerProcess();
  await scene.connect();
  await scene.came(1);
  await worker.kill();
  expect(await scene.delivery(id, { attempts: 1 })).toMatchObject({ status: 'waiting' });
  answers = true;
  await scene.deliver(); // too soon: the dead one might be alive
  expect(scene.receiver.received).toHaveLength(1);
  await scene.travel('31 seconds');
  await scene.deliver();
  await scene.delivery(id, { status: 'delivered', attempts: 2 });
  expect(scene.receiver.received.map((received) => received.id)).toEqual(Array(2).fill(scene.receiver.received[0]?.id));
});

test('where PostgreSQL goes away while it is sent, it comes again', async () => {
  const { id } = await scene.listen();
  const proxy = await startDatabaseProxy(scene.database.url);
  scene.receiver.answer((_received, response) => {
    proxy.cut();
    response.writeHead(204).end();
  });
  await scene.connect();
  await expect(scene.deliver({ url: proxy.url })).rejects.toMatchObject({ code: 'database_unavailable' });
  expect(await scene.delivery(id, { attempts: 1 })).toMatchObject({ status: 'waiting' });
  scene.receiver.answer((_received, response) => response.writeHead(204).end());
  await scene.travel('31 seconds');
  await scene.deliver();
  await scene.delivery(id, { status: 'delivered', attempts: 2 });
  await proxy.close();
});

test('an endpoint that fails gets one probe at a time, and everything that waited once it answers again', async () => {
  const { id } = await scene.listen();
  let isDown = true;
  scene.receiver.answer((_received, response) => response.writeHead(isDown ? 503 : 204).end());
  for (const clientId of ['acme', 'beta'])
    for (const service of ['mail', 'crm']) await scene.connect(clientId, service);
  await scene.deliver();
  await scene.travel('10 seconds');
  await scene.deliver(); // eight failures: from here on probes alone
  expect(scene.receiver.received).toHaveLength(8);
  await scene.travel('1 hour');
  await scene.deliver();
  expect(scene.receiver.received).toHaveLength(9);
  await scene.deliver();
  expect(scene.receiver.received).toHaveLength(9);
  expect(await scene.must(`GET /v1/webhooks/${id}`)).toMatchObject({ status: 'failing', failures: 9 });
  isDown = false;
  await scene.travel('2 hours');
  await scene.deliver();
  expect(await count(`webhook_deliveries where status = 'delivered'`)).toBe(4);
  expect(await scene.must(`GET /v1/webhooks/${id}`)).toMatchObject({
    status: 'active',
    failures: 0,
    failingSince: null,
  });
});

test('an endpoint that hangs, with thousands waiting, holds nobody else up, and no more than its share of a worker', async () => {
  const slow = await scene.another();
  const hanging: (() => void)[] = [];
  slow.answer((_received, response) => void hanging.push(() => response.writeHead(204).end()));
  await scene.listen({ url: slow.url });
  await scene.database.query(
    `insert into outbox (organization_id, type) select id, 'app.recovered' from organizations, generate_series(1, 3000) where name = 'default'`,
  );
  const turn = scene.deliver({ timeoutMs: 60_000 });
  await until('it hangs', () => slow.received.length === 10);
  const { id } = await scene.listen();
  const others = await scene.must('POST /v1/webhooks', { url: scene.receiver.url }, scene.otherKey);
  await scene.database.query(
    `insert into outbox (organization_id, type) select id, 'app.recovered' from organizations`,
  );
  await scene.deliver({ timeoutMs: 500 });
  await scene.delivery(id, { status: 'delivered' });
  expect(scene.receiver.received).toHaveLength(2);
  expect(await count(`webhook_deliveries where webhook_id = '${String(others.id)}' and status = 'delivered'`)).toBe(1);
  await scene.database.query('delete from webhooks');
  slow.answer((_received, response) => response.writeHead(204).end());
  for (const end of hanging.splice(0)) end();
  await turn;
}, 60_000);
