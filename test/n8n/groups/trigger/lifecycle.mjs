// Filters, the test URL beside the production URL, and the end.
import assert from 'node:assert/strict';

import { publish, startedBy, startsOf, unpublish, until, webhooksOf } from './scene.mjs';

const LISTENED = 'trigger-listen';

export const lifecycle = [
  [
    'a filter for one client lets only its events through',
    async (stage) => {
      const webhook = await publish(stage, 'trigger-one-client');
      assert.deepEqual([webhook.events, webhook.clientId], [null, 'trigger-b']);
      await stage.connect('trigger-a', { service: 'trigger-oauth', name: 'not-for-it' });
      await stage.connect('trigger-b', { service: 'trigger-oauth', name: 'for-it' });
      await until('its event', () => startedBy(stage, 'trigger-one-client', 'for-it').then(({ length }) => length));
      assert.deepEqual(await startedBy(stage, 'trigger-one-client', 'not-for-it'), []);
    },
  ],
  [
    '"Listen for test event" has a webhook of its own, gets the event, and leaves the published one as it is',
    async (stage) => {
      const { broker, n8n } = stage;
      const production = await publish(stage, LISTENED);
      const listening = await n8n.rest('POST', `/workflows/${LISTENED}/run`, {
        triggerToStartFrom: { name: 'Trigger' },
      });
      assert.equal(listening.waitingForWebhook, true);
      const urls = async () => (await webhooksOf(broker, LISTENED)).map(({ url }) => new URL(url).pathname).sort();
      const path = `hook-of-${LISTENED}/otobot`;
      assert.deepEqual(await urls(), [`/webhook-test/${path}`, `/webhook/${path}`]);

      await stage.connect('trigger-a', { service: 'trigger-oauth', name: 'listened-to' });
      const modes = await until('both executions', async () => {
        const starts = await startsOf(stage, LISTENED);
        return starts.length > 1 && starts.map(({ mode }) => mode).sort();
      });
      assert.deepEqual(modes, ['manual', 'webhook']);
      await until('the end of the test webhook', async () => (await urls()).length === 1);
      assert.equal((await webhooksOf(broker, LISTENED))[0].id, production.id);
    },
  ],
  [
    'unpublishing deletes the webhook at the broker',
    async (stage) => {
      await unpublish(stage, LISTENED);
      await until('the deletion', async () => (await webhooksOf(stage.broker, LISTENED)).length === 0);
    },
  ],
  [
    'unpublishing while the broker is down is not held up; publishing again takes up the webhook that was left',
    async (stage) => {
      const [left] = await webhooksOf(stage.broker, 'trigger-one-client');
      await stage.broker.stop();
      await unpublish(stage, 'trigger-one-client');
      await until('the word about it', () => stage.n8n.log().includes(`otobot webhook delete ${left.id}`));
      await stage.broker.start();
      await publish(stage, 'trigger-one-client');
      await stage.connect('trigger-b', { service: 'trigger-oauth', name: 'taken-up' });
      await until('its event', () => startedBy(stage, 'trigger-one-client', 'taken-up').then(({ length }) => length));
      assert.deepEqual(
        (await webhooksOf(stage.broker, 'trigger-one-client')).map(({ id }) => id),
        [left.id],
      );
    },
  ],
];
