// After all groups: not one secret of the run is where it must not be.
import assert from 'node:assert/strict';

import { assertFree } from './reading.mjs';

/** A group like those in `groups/`, but always run, and last. */
export const sweep = {
  guarantees: [
    [
      'what n8n has stored, in its database with all executions and on disk, contains no token',
      async ({ hosts, secrets }) => {
        for (const n8n of hosts) {
          const stored = await n8n.stored();
          assert.match(stored, /credentials_entity/);
          assertFree(stored, secrets.notDisclosed());
        }
      },
    ],
    [
      "n8n's credentials, decrypted, contain no token but those that it is meant to keep",
      async ({ n8n, secrets }) => {
        const exported = JSON.stringify(await n8n.exportCredentials());
        assertFree(exported, secrets.notKept());
      },
    ],
    [
      'what n8n shows in its editor while workflows run contains no token',
      ({ hosts, secrets }) => {
        const shown = hosts.map((n8n) => n8n.shown()).join('');
        assert.match(shown, /nodeExecuteAfterData/);
        assertFree(shown, secrets.notDisclosed());
      },
    ],
    [
      'the log of n8n contains no token',
      ({ hosts, secrets }) => assertFree(hosts.map(({ log }) => log()).join(''), secrets.all()),
    ],
    ['the log of the broker contains no token', ({ broker, secrets }) => assertFree(broker.log(), secrets.all())],
  ],
};
