// n8n's own OAuth2 credential against the broker's token endpoint, with nothing of ours in n8n: one credential per client.
import assert from 'node:assert/strict';

import { jsonOf } from '../reading.mjs';
import { stockCredentials, stockWorkflows } from './oauth2-stock/setup.mjs';

export const name = 'oauth2-stock';

export async function prepare({ api, broker, client, connect, secrets }) {
  const connections = {};
  for (const clientId of ['stock-acme', 'stock-globex', 'stock-hooli', 'stock-umbrella']) {
    connections[clientId] = await connect(clientId);
    // n8n stores, in the credential, what this endpoint gives it.
    secrets.keptByN8n(connections[clientId].token);
  }
  await client('stock-initech'); // never connected
  await broker.call('POST', '/v1/clients/stock-umbrella/suspend', { reason: 'unpaid' });
  return { connections, credentials: await stockCredentials({ broker, secrets }), workflows: stockWorkflows({ api }) };
}

export async function act({ n8n }) {
  return { run: await n8n.execute('stock-both') };
}

export const guarantees = [
  [
    "two of n8n's OAuth2 credentials, one per client: each request carries its own client's token",
    ({ api, run, connections }) => {
      assert.equal(jsonOf(run, 'stock-acme')[0].ok, true);
      assert.equal(jsonOf(run, 'stock-globex')[0].ok, true);
      const tokens = [connections['stock-acme'].token, connections['stock-globex'].token];
      assert.deepEqual(api.sent('/stock/both').sort(), tokens.sort());
    },
  ],
  [
    'n8n keeps that token in its credential, sealed, and asks no more while the API takes it',
    async ({ api, broker, n8n, connections }) => {
      const readsBefore = await readsOf(broker, 'stock-acme');
      await n8n.execute('stock-both');
      assert.equal(api.sent('/stock/both').length, 4);
      assert.equal(readsBefore, 1);
      assert.equal(await readsOf(broker, 'stock-acme'), 1);
      assert.equal(await storedToken(n8n, 'stock-acme'), connections['stock-acme'].token);
    },
  ],
  [
    'a wrong secret, a suspended client and one that never connected are each refused in words, and nothing is sent',
    async ({ api, n8n }) => {
      const refused = async (name, words) => {
        const { error } = await n8n.execute(name);
        assert.match(error.message, new RegExp(`^Failed to acquire OAuth2 access token: ${words}`));
        assert.deepEqual(api.sent(`/stock/${name}`), []);
      };
      await refused('stock-wrong', 'Client authentication failed');
      await refused('stock-umbrella', 'The client is not authorized');
      await refused('stock-initech', 'The provided authorization grant .* is invalid, expired, revoked');
    },
  ],
  [
    'when the API refuses the stored token with 401, n8n fetches the new one and goes on',
    async ({ api, broker, n8n, connections, secrets }) => {
      const { id, token } = connections['stock-hooli'];
      await n8n.execute('stock-hooli');
      const renewed = await renew({ api, broker, secrets }, id, token);
      const run = await n8n.execute('stock-hooli');
      assert.equal(jsonOf(run, 'stock-hooli')[0].ok, true);
      assert.deepEqual(api.sent('/stock/stock-hooli'), [token, token, renewed]);
      assert.equal(await storedToken(n8n, 'stock-hooli'), renewed);
    },
  ],
  [
    'the kill switch reaches it late: the stored token goes on being sent until the API refuses it, and then no more',
    async ({ api, broker, n8n }) => {
      const stored = await storedToken(n8n, 'stock-hooli');
      await broker.call('POST', '/v1/clients/stock-hooli/suspend', {});
      await n8n.execute('stock-hooli');
      assert.equal(api.sent('/stock/stock-hooli').at(-1), stored);

      api.good.delete(stored);
      const sentBefore = api.sent('/stock/stock-hooli').length;
      const { error } = await n8n.execute('stock-hooli');
      assert.match(error.message, /The client is not authorized/);
      assert.equal(api.sent('/stock/stock-hooli').length, sentBefore + 1);
    },
  ],
  [
    'n8n says itself that a client whose connection was deleted must reconnect',
    async ({ api, broker, n8n, connections }) => {
      const { id, token } = connections['stock-globex'];
      api.good.delete(token);
      await broker.call('DELETE', `/v1/connections/${id}`);
      const { error } = await n8n.execute('stock-globex');
      assert.match(error.message, /The credential "stock-globex" needs to be reconnected/);
    },
  ],
  [
    "an expression for the client id hands the first client's token to the second: why the documentation forbids it",
    async ({ api, n8n, connections }) => {
      await n8n.execute('stock-expression');
      const { token } = connections['stock-acme'];
      assert.deepEqual(api.sent('/stock/stock-expression'), [token, token]);
    },
  ],
];

async function readsOf(broker, clientId) {
  const { items } = await broker.call('GET', `/v1/audit?clientId=${clientId}&action=credential.read&limit=100`);
  return items.length;
}

async function storedToken(n8n, id) {
  const { data } = (await n8n.exportCredentials()).find((credential) => credential.id === id);
  return data.oauthTokenData.access_token;
}

/** Has the broker refresh, as it does ahead of the end; from then on the API refuses the old token. */
async function renew({ api, broker, secrets }, id, old) {
  await broker.call('POST', `/v1/connections/${id}/refresh`, {});
  api.good.delete(old);
  const renewed = api.issued.at(-1);
  secrets.keptByN8n(renewed);
  return renewed;
}
