// Events become executions: each one, once.
import assert from 'node:assert/strict';

import { orNull, publish, startedBy, until, webhooksOf } from './scene.mjs';

export const deliveries = [
  [
    'publishing makes one webhook at the broker, that hears what the node asks for',
    async (stage) => {
      const webhook = await publish(stage, 'trigger-main');
      const [, ...more] = await webhooksOf(stage.broker, 'trigger-main');
      assert.deepEqual(more, []);
      assert.equal(webhook.status, 'active');
      assert.deepEqual(webhook.events, ['connection.connected']);
      assert.equal(webhook.clientId, null);
      assert.equal(webhook.service, 'trigger-oauth');
      assert.match(webhook.description, /trigger-main/);
    },
  ],
  [
    'an event starts the workflow, with what it tells',
    async (stage) => {
      const { id } = await stage.connect('trigger-a', { service: 'trigger-oauth', name: 'first' });
      const [item] = await until('the event', () => startedBy(stage, 'trigger-main', 'first').then(orNull));
      assert.match(item.id, /^evt_/);
      assert.equal(item.type, 'connection.connected');
      assert.ok(Date.parse(item.timestamp) <= Date.now());
      assert.equal(item.clientId, 'trigger-a');
      assert.equal(item.service, 'trigger-oauth');
      assert.equal(item.connectionId, id);
      assert.equal(item.kind, 'oauth2');
    },
  ],
];
