// What must be true, each under the name of its guarantee.
import assert from 'node:assert/strict';

import { everyday, includingSecret, stopping } from './workflows.mjs';
import { EXPRESSION } from './world.mjs';

const METADATA =
  'account allowedHosts baseUrl clientId connectionId expiresAt fingerprint generation kind name scopes service status';

/** @returns the guarantees, in the order in which they have to be looked at */
export async function scenarios({ n8n, api, broker, world, credentials, serve }) {
  const { tokens, secrets } = world;
  await n8n.importWorkflow(everyday(api.url, broker.url));
  await n8n.importWorkflow(stopping(api.url));
  await n8n.importWorkflow(includingSecret());
  const run = await n8n.execute('everyday');
  const first = (node) => json(run, node)[0];
  const sent = (path) => api.to(path).map(({ token }) => token);

  return [
    [
      'the package ships what n8n needs, and nothing else',
      () => {
        const { files } = n8n.packed;
        assert.deepEqual(
          files.filter(
            (file) => !/^(dist\/(nodes|credentials|icons)\/|README\.md$|LICENSE$|package\.json$)/.test(file),
          ),
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
    ['the run came to its end', () => assert.equal(run.status, 0, run.text)],
    [
      'two items of two clients: each request carries its own token',
      () => assert.deepEqual(sent('/per-item').sort(), [tokens.acme, tokens.globex].sort()),
    ],
    [
      'two items of two clients: the fetcher answers each with its own connection, item for item',
      () => {
        assert.deepEqual(
          json(run, 'Fetch per item').map(({ clientId }) => clientId),
          ['acme', 'globex'],
        );
        assert.deepEqual(
          items(run, 'Fetch per item').map(({ pairedItem }) => pairedItem.item ?? pairedItem),
          [0, 1],
        );
      },
    ],
    [
      'the fetcher runs without a resource and returns metadata only',
      () => assert.equal(Object.keys(first('Fetch without resource')).sort().join(' '), METADATA),
    ],
    [
      'a Client ID of the node overrides the credential',
      () => assert.equal(first('Fetch for an override').clientId, 'globex'),
    ],
    [
      'a Client ID expression that finds nothing is an error, never another client',
      () => {
        assert.match(first('Fetch for nobody').error, /"Client ID" is empty/);
        assert.match(errorOf(run, 'No client in the item'), /"Client ID" is empty/);
        assert.deepEqual(sent('/nobody'), []);
      },
    ],
    [
      'an API key travels in the header that its service wants',
      () => {
        const [{ headers }] = api.to('/keyed');
        assert.equal(headers['x-api-key'], tokens.keyed);
        assert.equal(headers.authorization, undefined);
      },
    ],
    [
      'a token refused with 401 is reported, and the request sent once more with the new one',
      () => {
        assert.equal(sent('/rejected').length, 2);
        assert.equal(sent('/rejected')[0], tokens.rejected);
        assert.ok(api.issued.includes(sent('/rejected')[1]));
        assert.equal(first('Rejected token').ok, true);
      },
    ],
    ['a POST answered with 500 is sent exactly once', () => assert.deepEqual(sent('/fails/post'), [tokens.failing])],
    [
      'a POST refused with 401 is not repeated, but its token is reported, so that the next request succeeds',
      () => {
        assert.deepEqual(sent('/posting'), [tokens.posting]);
        assert.equal(first('After the POST').ok, true);
        assert.ok(api.issued.includes(sent('/after').at(-1)));
      },
    ],
    [
      'a host outside the allow-list is refused before anything is sent',
      () => {
        assert.match(errorOf(run, 'Foreign host'), /must not be sent to 127\.0\.0\.1: .* only api\.example\.com/);
        assert.deepEqual(sent('/foreign'), []);
      },
    ],
    [
      "the broker's own management is out of a workflow's reach",
      () => assert.match(errorOf(run, 'The broker itself'), /gives no access to the Otobot broker/),
    ],
    [
      'a client that must connect is named, with what to do',
      () => {
        const link =
          /"initech" must reconnect "loopback": it was never connected\. To fix it, (send them this link: http\S+|create a Connect link)/;
        assert.match(errorOf(run, 'Unconnected request'), link);
        assert.match(first('Unconnected fetch').error, link);
        assert.equal(first('Unconnected fetch').code, 'reauth_required');
        assert.deepEqual(sent('/unconnected'), []);
      },
    ],
    [
      'an unknown client and a wrong internal token each say so',
      () => {
        assert.match(errorOf(run, 'Unknown client'), /knows no client "nobody"/);
        assert.match(errorOf(run, 'Wrong internal token'), /refused the internal token/);
        assert.deepEqual([...sent('/unknown'), ...sent('/wrong')], []);
      },
    ],
    [
      "the broker's audit names the workflow and the run behind each read",
      async () => {
        const { items: rows } = await broker.call('GET', '/v1/audit?clientId=globex&limit=100');
        const reads = rows.filter(({ workflowId }) => workflowId === 'everyday');
        // By the HTTP Request node, by the fetcher for its item, and by the fetcher with an override.
        assert.equal(reads.length, 3, JSON.stringify(rows));
        assert.ok(reads.every(({ executionId }) => /^\d+$/.test(executionId)));
      },
    ],
    ['the output of a run contains no token', () => assertFree(run.text, secrets())],
    [
      'a run that fails says why, without the token',
      async () => {
        const failed = await n8n.execute('stopping');
        assert.match(failed.text, /failed on purpose|500/);
        assertFree(failed.text, secrets());
      },
    ],
    [
      'the exported credentials contain no token',
      async () => {
        const exported = await n8n.exportCredentials();
        assert.equal(exported.length, credentials.length);
        assertFree(JSON.stringify(exported), secrets());
      },
    ],
    [
      'a second attempt leaves the expressions in the credential as they were',
      async () => {
        const { data } = (await n8n.exportCredentials()).find(({ id }) => id === 'rejected');
        assert.equal(data.clientId, EXPRESSION);
        assert.equal(data.session, '', 'n8n has stored the credential, or this shows nothing');
      },
    ],
    [
      'what n8n has stored, in its database and on disk, contains no token',
      async () => {
        const stored = await n8n.stored();
        assert.match(stored, /Fetch per item/);
        assertFree(stored, secrets());
      },
    ],
    [
      'the secret comes when it is asked for',
      async () => {
        const [answer] = json(await n8n.execute('secret'), 'Fetch with secret');
        assert.equal(answer.accessToken, tokens.acme);
        assert.equal(answer.headers.Authorization, `Bearer ${tokens.acme}`);
        assert.ok((await n8n.stored()).includes(tokens.acme), 'the search for tokens finds one that is there');
      },
    ],
    [
      'the Test button passes for an expression and for a client not yet connected, and tells a wrong token',
      async () => {
        const server = await serve();
        const verdict = (id) => server.testCredential(credentials.find((credential) => credential.id === id));
        try {
          assert.deepEqual(await verdict('per-item'), { status: 'OK', message: 'Connection successful!' });
          assert.equal((await verdict('unconnected')).status, 'OK');
          assert.match((await verdict('wrong-token')).message, /refused the internal token/);
        } finally {
          await server.stop();
        }
      },
    ],
    ['the log of the broker contains no token', () => assertFree(broker.log(), secrets())],
  ];
}

function items(run, node) {
  const runs = run.nodes[node];
  assert.ok(runs, `the node "${node}" did not run:\n${run.text.slice(0, 2000)}`);
  return runs.flatMap((nodeRun) => nodeRun.items);
}

function json(run, node) {
  return items(run, node).map((item) => item.json);
}

/** What the HTTP Request node says, whether as a text or as an error object. */
function errorOf(run, node) {
  const { error } = json(run, node)[0];
  return typeof error === 'string' ? error : (error?.message ?? JSON.stringify(json(run, node)[0]));
}

/** In clear, and in the forms in which a token may hide. */
function assertFree(text, secrets) {
  const forms = secrets.flatMap((secret) => [
    secret,
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(secret).toString('hex'),
  ]);
  const found = forms.filter((form) => text.includes(form));
  assert.deepEqual(found, [], 'secrets in the clear');
}
