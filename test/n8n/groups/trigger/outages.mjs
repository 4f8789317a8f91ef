// What happens while n8n or the broker is down comes afterwards, once.
import assert from 'node:assert/strict';

import { startedBy, startsOf, until, webhooksOf } from './scene.mjs';

const WORKFLOW = 'trigger-main';
const connected = { service: 'trigger-oauth' };

export const outages = [
  [
    'an event while n8n is down, and the broker is then restarted, starts the workflow once when both are back',
    async (stage) => {
      const { broker, n8n } = stage;
      const [{ id }] = await webhooksOf(broker, WORKFLOW);
      await n8n.stop();
      await stage.connect('trigger-a', { ...connected, name: 'while-n8n-was-down' });
      await until('an attempt that fails', async () => {
        const { items } = await broker.call('GET', `/v1/webhooks/${id}/deliveries?status=waiting`);
        return items.some(({ attempts }) => attempts > 0);
      });
      await broker.stop();
      // It starts without the broker, and still takes what that sends.
      await n8n.start();
      await broker.start();
      await until('the event', () => startedBy(stage, WORKFLOW, 'while-n8n-was-down').then(({ length }) => length));
      assert.deepEqual(
        (await webhooksOf(broker, WORKFLOW)).map((webhook) => webhook.id),
        [id],
      );
    },
  ],
  [
    'an event just before the broker goes down starts the workflow once when it is back',
    async (stage) => {
      await stage.connect('trigger-a', { ...connected, name: 'before-the-broker-went-down' });
      await stage.broker.stop();
      await stage.broker.start();
      await until('the event', () =>
        startedBy(stage, WORKFLOW, 'before-the-broker-went-down').then(({ length }) => length),
      );
    },
  ],
  [
    'after all that, no event has started the workflow twice',
    async (stage) => {
      const ids = (await startsOf(stage, WORKFLOW)).flatMap(({ items }) => items.map(({ id }) => id));
      assert.equal(new Set(ids).size, ids.length);
      assert.ok(ids.length >= 15);
    },
  ],
];
