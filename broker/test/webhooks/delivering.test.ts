import { until } from '../support/until';
import { setScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
  await scene.refresh();
});
afterAll(() => scene.close());
beforeEach(async () => {
  await scene.database.query('delete from webhooks');
  await scene.database.query('delete from connections');
  scene.receiver.received.length = 0;
  scene.receiver.answer((_received, response) => response.writeHead(204).end());
});

test('what happens to a connection is told, signed as Standard Webhooks has it, and holds no secret', async () => {
  const { id, secret } = await scene.listen();
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const connectionId = await scene.connect();
  const [received] = await scene.came(1);
  if (received === undefined) throw new Error('nothing came');
  expect(received.event).toEqual({
    type: 'connection.connected',
    timestamp: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    data: { clientId: 'acme', service: 'mail', connectionId, name: 'default', generation: 1, kind: 'api_key' },
  });
  expect(received.id).toMatch(/^evt_[0-9a-f]{32}$/);
  expect(received.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'otobot' });
  scene.receiver.verify(received, secret);
  expect(() => scene.receiver.verify({ ...received, text: received.text.replace('acme', 'beta') }, secret)).toThrow();
  expect(() => scene.receiver.verify(received, `whsec_${Buffer.alloc(32).toString('base64')}`)).toThrow();
  expect(JSON.stringify(received)).not.toContain('canary');
  expect(await scene.must(`GET /v1/webhooks/${id}/deliveries`)).toMatchObject({
    items: [{ eventId: received.id, type: 'connection.connected', status: 'delivered', attempts: 1, httpStatus: 204 }],
  });
});

test('a webhook hears the types, the client and the service that it asked for', async () => {
  await scene.listen({ events: ['connection.connected'], clientId: 'acme', service: 'mail' });
  await scene.connect('beta', 'mail');
  await scene.connect('acme', 'crm');
  const heard = await scene.connect('acme', 'mail');
  const [received] = await scene.came(1);
  expect(received?.event.data.connectionId).toBe(heard);
  await scene.listen({ events: ['connection.expiring'] });
  const again = await scene.connect('acme', 'mail');
  await scene.came(2);
  expect(scene.receiver.received.map(({ event }) => event.data.connectionId)).toEqual([heard, again]);
});

test('a test tells what the endpoint answered', async () => {
  const { id, secret } = await scene.listen({ events: ['connection.expiring'] });
  scene.receiver.answer((_received, response) => response.writeHead(200).end('fine\u001b[31m thanks'));
  expect(await scene.must(`POST /v1/webhooks/${id}/test`)).toMatchObject({
    status: 'delivered',
    httpStatus: 200,
    answer: 'fine [31m thanks',
  });
  const [received] = scene.receiver.received;
  if (received === undefined) throw new Error('nothing came');
  expect(received.event).toMatchObject({ type: 'webhook.test', data: { webhookId: id } });
  scene.receiver.verify(received, secret);
});

test('tests that are asked for at once are one: nobody fills a worker with them', async () => {
  const { id } = await scene.listen({ events: ['connection.expiring'] });
  let answers = false;
  const hanging: (() => void)[] = [];
  scene.receiver.answer((_received, response) => {
    hanging.push(() => response.writeHead(204).end());
    if (answers) hanging.pop()?.();
  });
  const tests = Array.from({ length: 6 }, () => scene.must(`POST /v1/webhooks/${id}/test`));
  const count = async (text: string): Promise<number> =>
    (await scene.database.query<{ n: number }>(`select count(*)::int as n from ${text}`)).rows[0]?.n ?? 0;
  await until(
    'all have asked',
    async () => (await count(`audit where action = 'webhook.test' and detail ->> 'webhookId' = '${id}'`)) === 6,
  );
  await scene.came(1);
  expect(await count('webhook_deliveries where is_test')).toBe(1);
  answers = true;
  for (const answer of hanging.splice(0)) answer();
  for (const { status } of await Promise.all(tests)) expect(status).toBe('delivered');
});
