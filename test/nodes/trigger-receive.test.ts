// What the URL of the trigger answers, and what starts the workflow. Signed by the library of Standard Webhooks.
import { randomBytes, randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

import { deliver, type Published } from './run-trigger';

let published: Published;
let secret: string;
beforeEach(() => {
  secret = `whsec_${randomBytes(32).toString('base64')}`;
  published = {
    url: 'https://n8n.example.com/webhook/1/otobot',
    remembered: { webhookId: randomUUID(), secret },
    parameters: { options: {} },
    credentials: {},
    log: [],
  };
});

const EVENT = {
  type: 'connection.reauth_required',
  timestamp: '2026-11-20T10:00:00.000Z',
  data: {
    clientId: 'acme',
    service: 'google',
    connectionId: 'c-1',
    name: 'default',
    connectUrl: 'https://o.example/c',
  },
};

interface Sent {
  event?: object;
  id?: string;
  secondsAgo?: number;
  by?: string;
}
/** A request as the broker would send it. */
function signed({ event = EVENT, id = 'evt_1', secondsAgo = 0, by = secret }: Sent = {}) {
  const body = JSON.stringify(event);
  const at = new Date(Date.now() - secondsAgo * 1_000);
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(by).sign(id, at, body),
  };
  return { headers, body };
}
const send = ({ headers, body }: ReturnType<typeof signed>) => deliver(published, headers, body);

test('an event starts the workflow with one flat item', async () => {
  const { items } = await send(signed());
  expect(items).toEqual([{ json: { id: 'evt_1', type: EVENT.type, timestamp: EVENT.timestamp, ...EVENT.data } }]);
});

test('what is about no client has the members all the same, so that expressions find them', async () => {
  const { items } = await send(signed({ event: { ...EVENT, type: 'provider.incident', data: { state: 'open' } } }));
  expect(items?.[0]?.json).toEqual({
    ...{ id: 'evt_1', type: 'provider.incident', timestamp: EVENT.timestamp, state: 'open' },
    ...{ clientId: null, service: null, connectionId: null, name: null },
  });
});

test('no fact of an event takes the place of its ID, type or time', async () => {
  const { items } = await send(signed({ event: { ...EVENT, data: { id: 'x', type: 'y', timestamp: 'z' } } }));
  expect(items?.[0]?.json).toMatchObject({ id: 'evt_1', type: EVENT.type, timestamp: EVENT.timestamp });
});

test.each<[string, (request: ReturnType<typeof signed>) => ReturnType<typeof signed>]>([
  ['signed with another secret', () => signed({ by: `whsec_${randomBytes(32).toString('base64')}` })],
  ['whose body was changed', (request) => ({ ...request, body: request.body.replace('acme', 'evil') })],
  ['whose ID was changed', ({ headers, body }) => ({ headers: { ...headers, 'webhook-id': 'evt_2' }, body })],
  [
    'whose time was changed',
    ({ headers, body }) => ({
      headers: { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) },
      body,
    }),
  ],
  ['that is not signed', ({ body }) => ({ headers: {} as ReturnType<typeof signed>['headers'], body })],
  [
    'with half a signature',
    ({ headers, body }) => ({
      headers: { ...headers, 'webhook-signature': headers['webhook-signature'].slice(0, 20) },
      body,
    }),
  ],
  ['signed more than five minutes ago', () => signed({ secondsAgo: 305 })],
  ['signed for a time to come', () => signed({ secondsAgo: -305 })],
])('a request %s gets 401, and starts nothing', async (_which, change) => {
  const { status, items } = await send(change(signed()));
  expect({ status, items }).toEqual({ status: 401, items: null });
  expect(published.log.join()).toContain('was refused');
  // It leaves no trace, either: the event itself still counts.
  expect((await send(signed())).items).toHaveLength(1);
});

test('one of several signatures is enough, since two secrets sign while one is changed', async () => {
  const { headers, body } = signed();
  const other = signed({ by: `whsec_${randomBytes(32).toString('base64')}` }).headers['webhook-signature'];
  const both = `${other} v2,abc ${headers['webhook-signature']}`;
  expect((await send({ headers: { ...headers, 'webhook-signature': both }, body })).items).toHaveLength(1);
});

test('the very same request a second time gets 401', async () => {
  const request = signed();
  (await send(request)).end(200);
  expect((await send(request)).status).toBe(401);
});

test("the broker's next attempt gets 200, and starts nothing a second time", async () => {
  (await send(signed({ secondsAgo: 60 }))).end(200);
  const { status, items } = await send(signed({ secondsAgo: 30 }));
  expect({ status, items }).toEqual({ status: 200, items: null });
  // From the attempt that was not needed nobody can make another.
  expect((await send(signed({ secondsAgo: 30 }))).status).toBe(401);
});

test('after a restart of n8n, what it has stored tells', async () => {
  (await send(signed({ secondsAgo: 60 }))).end(); // forgotten by the process
  published.remembered = JSON.parse(JSON.stringify(published.remembered)) as Published['remembered'];
  expect((await send(signed({ secondsAgo: 60 }))).status).toBe(401);
  expect((await send(signed())).items).toBeNull();
});

test('of two events at the same time, of which n8n stores only one, neither starts the workflow twice', async () => {
  const before = published.remembered;
  const one = { ...published, remembered: { ...before } };
  const other = { ...published, remembered: { ...before } };
  const [first, second] = [signed({ id: 'evt_1', secondsAgo: 9 }), signed({ id: 'evt_2', secondsAgo: 9 })];
  for (const answer of [
    await deliver(one, first.headers, first.body),
    await deliver(other, second.headers, second.body),
  ])
    answer.end(200);
  published.remembered = other.remembered; // the last one to be stored
  expect((await send(first)).status).toBe(401);
  expect((await send(signed({ id: 'evt_1' }))).items).toBeNull();
});

test('an event whose execution could not begin starts the workflow with the next attempt', async () => {
  const before = { ...published.remembered };
  (await send(signed({ secondsAgo: 60 }))).end(500); // n8n stores nothing then
  published.remembered = before;
  expect((await send(signed())).items).toHaveLength(1);
});

test('the test of the broker is answered, and starts the workflow only where that is chosen', async () => {
  const event = { type: 'webhook.test', timestamp: EVENT.timestamp, data: {} };
  expect(await send(signed({ event }))).toMatchObject({ status: 200, items: null });
  published.parameters = { options: { includeTestEvent: true } };
  expect((await send(signed({ event, id: 'evt_2' }))).items?.[0]?.json).toMatchObject({ type: 'webhook.test' });
});

test('what is remembered is bounded, and the newest is kept', async () => {
  const seen = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`evt_old_${i}`, 1]));
  published.remembered.seen = seen;
  await send(signed({ id: 'evt_new' }));
  const kept = Object.keys(published.remembered.seen);
  expect(kept).toHaveLength(1_000);
  expect(kept).toContain('evt_new');
  expect(kept).not.toContain('evt_old_0');
});

test('a node without a secret starts nothing', async () => {
  published.remembered = {};
  expect((await send(signed())).status).toBe(401);
});
