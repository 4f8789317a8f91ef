// What comes back: items, files, and the words in which something is refused.
import assert from 'node:assert/strict';

import { assertFree, jsonOf } from '../../reading.mjs';

export const answers = [
  [
    'each item is linked to the one that it came from',
    ({ items }) =>
      assert.deepEqual(
        items('Per item').map(({ pairedItem }) => pairedItem.item ?? pairedItem),
        [0, 1],
      ),
  ],
  [
    'all pages come, entry for entry',
    ({ json }) =>
      assert.deepEqual(
        json('Linked pages').map(({ page, entry }) => `${page}.${entry}`),
        ['1.1', '1.2', '2.1', '2.2', '3.1', '3.2'],
      ),
  ],
  [
    // Its bytes are compared where it goes out again.
    'a file comes as a file, with its name and type',
    ({ items }) => {
      const { fileName, mimeType } = items('Download')[0].binary.data;
      assert.deepEqual([fileName, mimeType], ['all-bytes.bin', 'application/octet-stream']);
    },
  ],
  [
    'an API that echoes the request does not bring the token into the item',
    ({ first, run, secrets }) => {
      assert.equal(first('Echo').body.headers.authorization, 'Bearer [hidden by Otobot]');
      assert.equal(first('Echo').statusCode, 200);
      assertFree(run.text, secrets.all());
    },
  ],
  [
    'a broker that is not there is named in words',
    ({ api, first }) => {
      assert.match(
        first('No broker').error,
        /The Otobot broker at http:\S+ cannot be reached: the connection was refused/,
      );
      assert.deepEqual(api.to('/request/no-broker'), []);
    },
  ],
  [
    'an API that does not answer is given up when the time is over',
    ({ api, first }) => {
      assert.match(first('Silent').error, /^http:\S+ cannot be reached: no answer in time$/);
      assert.equal(api.to('/request/silent').length, 1);
    },
  ],
  [
    'a client that must connect is named, with the one link to send',
    async ({ api, first }) => {
      const { error, details } = first('Not connected');
      const { code, connectUrl } = details;
      assert.match(error, /request-new must reconnect The loopback service: it was never connected/);
      assert.ok(error.includes(connectUrl), error);
      assert.equal(code, 'reauth_required');
      assert.equal((await fetch(connectUrl)).status, 200);
      assert.deepEqual(api.to('/request/not-connected'), []);
    },
  ],
  [
    'an expression that finds no client is an error, never another client',
    ({ api, errorOf }) => {
      assert.match(errorOf('No client in the item'), /"Client ID" is empty/);
      assert.deepEqual(api.to('/request/nobody'), []);
    },
  ],
  [
    'a run that stops says what the API said, with its status and without the token that the API repeated',
    async ({ n8n, secrets }) => {
      const { status, error, text } = await n8n.execute('request-stops');
      assert.equal(status, 'error');
      assert.match(error.message, /answered 422 .*: no such thing for Bearer \[hidden by Otobot\]/);
      assert.equal(error.httpCode, '422');
      assertFree(text, secrets.all());
    },
  ],
  [
    'with an error output, the items of clients that fail leave by it, and the others do not',
    async ({ n8n }) => {
      const run = await n8n.execute('request-errors');
      assert.deepEqual(jsonOf(run, 'Succeeded'), [{ ok: true }]);
      const [missing, unconnected] = jsonOf(run, 'Failed');
      assert.match(missing.error, /answered 404 .*: not here/);
      assert.match(unconnected.error, /must reconnect/);
    },
  ],
  [
    "the broker's audit has a row for each request that left, and names the run behind it",
    async ({ broker, run }) => {
      const { items: rows } = await broker.call('GET', '/v1/audit?clientId=request-b&limit=100');
      const reads = rows.filter(({ workflowId }) => workflowId === 'request');
      assert.equal(reads.length, 2, JSON.stringify(rows));
      assert.ok(reads.every(({ executionId }) => executionId === String(run.id)));
    },
  ],
];
