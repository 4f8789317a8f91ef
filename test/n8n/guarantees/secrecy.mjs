// Where tokens must not be, and what must be left as it was.
import assert from 'node:assert/strict';

import { assertFree } from '../reading.mjs';
import { EXPRESSION } from '../world.mjs';

export const secrecy = [
  [
    'the package ships what n8n needs, and nothing else',
    ({ n8n }) => {
      const { files } = n8n.packed;
      assert.deepEqual(
        files.filter((file) => !/^(dist\/(nodes|credentials|icons)\/|README\.md$|LICENSE$|package\.json$)/.test(file)),
        [],
      );
      for (const needed of [
        /\.node\.js$/,
        /\.node\.json$/,
        /\.credentials\.js$/,
        /otobot\.svg$/,
        /otobot\.dark\.svg$/,
      ]) {
        assert.ok(
          files.some((file) => needed.test(file)),
          `${needed} is missing`,
        );
      }
    },
  ],
  [
    "the broker's audit names the workflow and the run behind each read",
    async ({ broker }) => {
      const { items: rows } = await broker.call('GET', '/v1/audit?clientId=globex&limit=100');
      const reads = rows.filter(({ workflowId }) => workflowId === 'everyday');
      // By the HTTP Request node, by the fetcher for its item, and by the fetcher with an override.
      assert.equal(reads.length, 3, JSON.stringify(rows));
      assert.ok(reads.every(({ executionId }) => /^\d+$/.test(executionId)));
    },
  ],
  ['the output of a run contains no token', ({ run, secrets }) => assertFree(run.text, secrets())],
  [
    'a run that fails says why, without the token',
    async ({ n8n, secrets }) => {
      const failed = await n8n.execute('stopping');
      assert.match(failed.text, /failed on purpose|500/);
      assertFree(failed.text, secrets());
    },
  ],
  [
    'the exported credentials contain no token',
    async ({ n8n, secrets, credentials }) => {
      const exported = await n8n.exportCredentials();
      assert.equal(exported.length, credentials.length);
      assertFree(JSON.stringify(exported), secrets());
    },
  ],
  [
    'a second attempt leaves the expressions in the credential as they were',
    async ({ n8n }) => {
      const { data } = (await n8n.exportCredentials()).find(({ id }) => id === 'rejected');
      assert.equal(data.clientId, EXPRESSION);
      assert.equal(data.session, '', 'n8n has stored the credential, or this shows nothing');
    },
  ],
  [
    'what n8n has stored, in its database and on disk, contains no token',
    async ({ n8n, secrets }) => {
      const stored = await n8n.stored();
      assert.match(stored, /Fetch per item/);
      assertFree(stored, secrets());
    },
  ],
  ['the log of the broker contains no token', ({ broker, secrets }) => assertFree(broker.log(), secrets())],
];
