// Who may start the workflow: the broker alone, with each event once.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';

import { startsOf, until, webhooksOf } from './scene.mjs';

const WORKFLOW = 'trigger-main';

/** The requests that `send` makes, and how often the workflow was started since. */
async function answersTo(stage, send) {
  const [{ id, url }] = await webhooksOf(stage.broker, WORKFLOW);
  const { staticData } = await stage.n8n.rest('GET', `/workflows/${WORKFLOW}`);
  const before = (await startsOf(stage, WORKFLOW)).length;
  const statuses = [];
  for (const request of send(staticData['node:Trigger'].secret)) statuses.push(await post(url, request));
  // The broker's own test is answered after whatever those requests could have started.
  assert.equal((await stage.broker.call('POST', `/v1/webhooks/${id}/test`)).status, 'delivered');
  const starts = async () => (await startsOf(stage, WORKFLOW)).length - before;
  const isExpected = statuses.filter((status) => status === 200).length > 0;
  if (isExpected) await until('the execution', starts);
  return { statuses, started: await starts() };
}

function signed(secret, id, secondsAgo = 0) {
  const data = { clientId: 'trigger-a', service: 'trigger-oauth', connectionId: 'c', name: 'by-hand' };
  const body = JSON.stringify({ type: 'connection.connected', timestamp: new Date().toISOString(), data });
  const timestamp = String(Math.floor(Date.now() / 1000) - secondsAgo);
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    headers: { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` },
    body,
  };
}

async function post(url, { headers, body }) {
  const all = { 'content-type': 'application/json', ...headers };
  return (await fetch(url, { method: 'POST', headers: all, body })).status;
}

export const refusals = [
  [
    'a forged, an altered, an old and an unsigned request get 401, and start nothing',
    async (stage) => {
      const seen = await answersTo(stage, (secret) => {
        const good = signed(secret, 'evt_forged');
        return [
          signed(`whsec_${randomBytes(32).toString('base64')}`, 'evt_forged'),
          { ...good, body: good.body.replace('by-hand', 'by-evil') },
          signed(secret, 'evt_forged', 310),
          { headers: {}, body: good.body },
        ];
      });
      assert.deepEqual(seen, { statuses: [401, 401, 401, 401], started: 0 });
    },
  ],
  [
    'a request that is sent again gets 401; the next attempt of the broker gets 200; both start nothing more',
    async (stage) => {
      const seen = await answersTo(stage, (secret) => {
        const first = signed(secret, 'evt_twice', 60);
        return [first, first, signed(secret, 'evt_twice', 30), first];
      });
      assert.deepEqual(seen, { statuses: [200, 401, 200, 401], started: 1 });
    },
  ],
  [
    'events that come at the same time start the workflow once each, and none a second time',
    async (stage) => {
      const [{ id }] = await webhooksOf(stage.broker, WORKFLOW);
      const names = Array.from({ length: 12 }, (_, i) => `burst-${i}`);
      const since = new Date(Date.now() - 1_000).toISOString();
      await Promise.all(names.map((name) => stage.connect('trigger-a', { service: 'trigger-oauth', name })));
      const counts = async () => {
        const starts = (await startsOf(stage, WORKFLOW)).flatMap(({ items }) => items.map(({ name }) => name));
        return names.map((name) => starts.filter((started) => started === name).length);
      };
      const all = names.map(() => 1);
      await until('the burst', async () => (await counts()).every((count) => count > 0));
      assert.deepEqual(await counts(), all);

      // In another second, or it would be the very same request.
      await until('the next second', () => Date.now() > Date.parse(since) + 3_000);
      const { events } = await stage.broker.call('POST', `/v1/webhooks/${id}/replay`, { since });
      assert.equal(events, names.length);
      await until('the replay', async () => {
        const { items } = await stage.broker.call('GET', `/v1/webhooks/${id}/deliveries?status=waiting`);
        return items.length === 0;
      });
      assert.deepEqual(await counts(), all);
    },
  ],
];
