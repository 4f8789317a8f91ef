// What the trigger is there for: a client has to connect again. The broker makes sure for some seconds, in which other guarantees are checked.
import assert from 'node:assert/strict';

import { orNull, publish, startedBy, until } from './scene.mjs';

export const consentEnded = [
  'as the node comes, it hears of clients who have to connect again',
  async (stage) => {
    const { events } = await publish(stage, 'trigger-ended');
    assert.deepEqual(events, ['connection.reauth_required']);
    const expiresAt = new Date(Date.now() + 1_000).toISOString();
    await stage.connect('trigger-a', { service: 'trigger-ended', name: 'ended', expiresAt });
  },
];

export const reconnected = [
  'a client who has to connect again starts the workflow, with the link to send',
  async (stage) => {
    const [item] = await until('the event', () => startedBy(stage, 'trigger-ended', 'ended').then(orNull));
    assert.equal(item.type, 'connection.reauth_required');
    assert.equal(item.clientId, 'trigger-a');
    const page = await fetch(item.connectUrl);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /The trigger-ended service/);
  },
];
