// What comes out of each operation, and for whom.
import assert from 'node:assert/strict';

import { jsonOf } from '../../reading.mjs';

const LINK = /http:\/\/\S+\/connect\/[\w-]{54}/;

export const answers = [
  [
    'three items of three clients, chosen by an expression in the drop-down: each gets its own',
    ({ json, items }) => {
      assert.deepEqual(
        json('Get').map(({ clientId, status, details }) => clientId ?? details.code ?? status),
        ['fetcher-a', 'fetcher-b', 'reauth_required'],
      );
      assert.deepEqual(
        items('Get').map(({ pairedItem }) => pairedItem.item ?? pairedItem),
        [0, 1, 2],
      );
      assert.ok(!JSON.stringify(json('Get')).includes('accessToken'));
    },
  ],
  [
    'Get Auth Headers gives each its own headers',
    ({ json, tokens }) =>
      assert.deepEqual(
        json('Headers').map(({ headers }) => headers?.Authorization),
        [`Bearer ${tokens['fetcher-a']}`, `Bearer ${tokens['fetcher-b']}`, undefined],
      ),
  ],
  [
    'Get Status answers for a connection that was never made',
    ({ json }) =>
      assert.deepEqual(
        json('Status').map(({ clientId, status }) => [clientId, status]),
        [
          ['fetcher-a', 'active'],
          ['fetcher-b', 'active'],
          ['fetcher-new', 'never_connected'],
        ],
      ),
  ],
  [
    'Create Connect Link gives each client a link of its own, and it leads to its page',
    async ({ json }) => {
      const links = json('Links').map(({ url }) => url);
      assert.equal(new Set(links).size, 3);
      for (const link of links) assert.match(link, LINK);
      assert.match(await (await fetch(links[0])).text(), /For the test/);
    },
  ],
  [
    'Get Many gives the connections of the client of each item, and n8n finds the item that asked',
    ({ json }) => {
      assert.equal(json('Many paired').length, 4);
      for (const { asked, clientId } of json('Many paired')) assert.equal(clientId, asked);
      assert.deepEqual(
        json('Many paired')
          .filter(({ asked }) => asked === 'fetcher-b')
          .map(({ name }) => name)
          .sort(),
        ['default', 'disabled', 'refreshed'],
      );
    },
  ],
  [
    "a filter that finds nothing is an error, never everybody's connections",
    ({ json }) => {
      assert.equal(json('Nobody').length, 3);
      for (const { error } of json('Nobody')) assert.match(error, /"Client" is empty/);
    },
  ],
  [
    'Refresh Now refreshes, and the status tells it',
    ({ first, refreshed }) => {
      assert.equal(first('Refresh').refreshOutcome, 'refreshed');
      assert.equal(first('By ID').id, refreshed);
      assert.equal(first('By ID').generation, 2);
      assert.equal(first('By ID').history[0].outcome, 'refreshed');
    },
  ],
  [
    'what the preset n8n does not allow says which scope is missing and the command that gives it',
    ({ first }) =>
      assert.match(
        first('Preset').error,
        /lacks the scope connections:write.*otobot access-key create --preset n8n --scopes connections:write/,
      ),
  ],
  [
    'Disable stops the release at once',
    ({ first }) => {
      assert.equal(first('Disable').status, 'disabled');
      assert.match(first('Get disabled').error, /is disabled in Otobot/);
    },
  ],
  [
    'a client is created, and found by part of its name',
    ({ first, json }) => {
      assert.equal(first('Create').clientId, 'fetcher-made');
      assert.deepEqual(
        json('Find').map(({ clientId }) => clientId),
        ['fetcher-made'],
      );
    },
  ],
  [
    'a workflow of the first version runs unchanged, also where it names no version',
    ({ json }) =>
      assert.deepEqual(
        json('First version').map(({ clientId, details }) => clientId ?? details.code),
        ['fetcher-a', 'fetcher-b', 'reauth_required'],
      ),
  ],
  [
    'a client that must connect leaves by the error output, with the link and what was in the item',
    async ({ n8n }) => {
      const run = await n8n.execute('fetcher-errors');
      assert.deepEqual(
        jsonOf(run, 'Succeeded').map(({ clientId }) => clientId),
        ['fetcher-a', 'fetcher-b'],
      );
      const [failed, ...more] = jsonOf(run, 'Failed');
      assert.deepEqual(more, []);
      assert.equal(failed.clientId, 'fetcher-new');
      assert.equal(failed.details.code, 'reauth_required');
      assert.match(failed.details.connectUrl, LINK);
      assert.ok(failed.error.endsWith(`send them this link: ${failed.details.connectUrl}`));
    },
  ],
];
