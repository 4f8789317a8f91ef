// What comes back: the fetcher's items, and the words in which something is refused.
import assert from 'node:assert/strict';

import { jsonOf } from '../../reading.mjs';

const METADATA =
  'account allowedHosts baseUrl clientId connectionId expiresAt fingerprint generation kind name scopes service status';

export const answers = [
  [
    'two items of two clients: the fetcher answers each with its own connection, item for item',
    ({ json, items }) => {
      assert.deepEqual(
        json('Fetch per item').map(({ clientId }) => clientId),
        ['acme', 'globex'],
      );
      assert.deepEqual(
        items('Fetch per item').map(({ pairedItem }) => pairedItem.item ?? pairedItem),
        [0, 1],
      );
    },
  ],
  [
    'the fetcher runs without a resource and returns metadata only',
    ({ first }) => assert.equal(Object.keys(first('Fetch without resource')).sort().join(' '), METADATA),
  ],
  [
    'a Client ID of the node overrides the credential',
    ({ first }) => assert.equal(first('Fetch for an override').clientId, 'globex'),
  ],
  [
    'the secret comes when it is asked for',
    async ({ n8n, tokens, secrets }) => {
      secrets.disclosedToN8n(tokens.acme);
      const [answer] = jsonOf(await n8n.execute('secret'), 'Fetch with secret');
      assert.equal(answer.accessToken, tokens.acme);
      assert.equal(answer.headers.Authorization, `Bearer ${tokens.acme}`);
      assert.ok((await n8n.stored()).includes(tokens.acme), 'the search for tokens finds one that is there');
    },
  ],
  [
    'a Client ID expression that finds nothing is an error, never another client',
    ({ api: { sent }, first, errorOf }) => {
      assert.match(first('Fetch for nobody').error, /"Client ID" is empty/);
      assert.match(errorOf('No client in the item'), /"Client ID" is empty/);
      assert.deepEqual(sent('/nobody'), []);
    },
  ],
  [
    'a client that must connect is named, with the one link to send',
    async ({ api: { sent }, first, errorOf }) => {
      const told =
        /initech must reconnect The loopback service: it was never connected\. To fix it, send them this link: (http:\/\/\S+\/connect\/[\w-]{54})/;
      const [, link] = told.exec(errorOf('Unconnected request')) ?? [];
      assert.ok(link, errorOf('Unconnected request'));
      assert.equal(told.exec(first('Unconnected fetch').error)?.[1], link);
      assert.deepEqual(first('Unconnected fetch').details, { code: 'reauth_required', connectUrl: link });
      assert.equal((await fetch(link)).status, 200);
      assert.deepEqual(sent('/unconnected'), []);
    },
  ],
  [
    'an unknown client and a wrong internal token each say so',
    ({ api: { sent }, errorOf }) => {
      assert.match(errorOf('Unknown client'), /knows no client "nobody"/);
      assert.match(errorOf('Wrong internal token'), /refused the internal token/);
      assert.deepEqual([...sent('/unknown'), ...sent('/wrong')], []);
    },
  ],
  [
    'the Test button passes for an expression and for a client not yet connected, and tells a wrong token',
    async ({ credentials, n8n }) => {
      const verdict = (id) => n8n.testCredential(credentials.find((credential) => credential.id === id));
      assert.deepEqual(await verdict('per-item'), { status: 'OK', message: 'Connection successful!' });
      assert.equal((await verdict('unconnected')).status, 'OK');
      assert.match((await verdict('wrong-token')).message, /refused the internal token/);
    },
  ],
];
