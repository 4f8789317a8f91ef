// What a run leaves behind, and what it must leave as it was. Where no token may be, the sweep at the end looks.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

import { assertFree } from '../../reading.mjs';
import { EXPRESSION } from './workflows.mjs';

export const traces = [
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
    'every script that it ships has its source',
    ({ n8n, root }) => {
      const scripts = n8n.packed.files.filter((file) => file.endsWith('.js'));
      assert.ok(scripts.length > 10);
      const sources = scripts.map((file) => file.replace(/^dist\//, '').replace(/js$/, 'ts'));
      assert.deepEqual(
        sources.filter((file) => !fs.existsSync(path.join(root, file))),
        [],
      );
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
  ['the output of a run contains no token', ({ run, secrets }) => assertFree(run.text, secrets.all())],
  [
    'a run that fails says why, without the token',
    async ({ n8n, secrets }) => {
      const failed = await n8n.execute('stopping');
      assert.equal(failed.status, 'error');
      assert.match(failed.text, /failed on purpose|500/);
      assertFree(failed.text, secrets.all());
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
];
