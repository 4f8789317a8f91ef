// Credentials of n8n's own types, kept up to date by the broker: a built-in node works with them, and n8n never refreshes.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';

import { assertFree, errorOf, jsonOf } from '../reading.mjs';
import { until } from '../until.mjs';
import { gitlabWorkflow } from './sync/gitlab.mjs';
import { keyOfN8n, publicApi } from './sync/public-api.mjs';

export const name = 'sync';

const TYPE = 'gitlabOAuth2Api';
const SERVICE = 'sync-gitlab';
const CLIENTS = ['sync-acme', 'sync-globex'];

export async function prepare({ service, connect }) {
  await service(SERVICE, { oauthType: 'oauth2', displayName: 'GitLab' });
  const connections = {};
  for (const clientId of CLIENTS) connections[clientId] = await connect(clientId, { service: SERVICE });
  return { connections };
}

export async function act({ api, broker, n8n, secrets, connections }) {
  const apiKey = await keyOfN8n(n8n);
  const instance = await broker.call('POST', '/v1/n8n-instances', { name: 'main', url: n8n.url, apiKey });
  const credentials = `/v1/n8n-instances/${instance.id}/credentials`;
  const ids = {};
  for (const clientId of CLIENTS) {
    // GitLab's own server is a field of the type, and with it where n8n would refresh.
    const body = { clientId, service: SERVICE, type: TYPE, fields: { server: `${api.url}/gitlab/${clientId}` } };
    ids[clientId] = (await broker.call('POST', credentials, body)).id;
  }
  const statusOf = async (clientId) => {
    const { items } = await broker.call('GET', credentials);
    return items.find(({ id }) => id === ids[clientId]);
  };
  /** Until it stands in n8n as the broker has it; pushed after that moment, where one is given. */
  const synced = (clientId, after = '') =>
    until(`${clientId} is synced`, async () => {
      const found = await statusOf(clientId);
      return found?.status === 'synced' && found.pushedAt > after ? found : null;
    });
  const remote = {};
  for (const clientId of CLIENTS) remote[clientId] = await synced(clientId);
  const { id: workflow } = await n8n.rest('POST', '/workflows', gitlabWorkflow(remote, api.url));
  // n8n has these, encrypted: that is what this way costs.
  for (const { token } of Object.values(connections)) secrets.keptByN8n(token);
  return {
    ...{ apiKey, instance, credentials, statusOf, synced, remote, workflow },
    public: publicApi(n8n.url, apiKey),
    /** Refreshes at the provider, and waits until the new token stands in n8n. */
    renew: async (clientId) => {
      const { pushedAt } = await statusOf(clientId);
      const route = `/v1/connections/${connections[clientId].id}`;
      const { generation } = await broker.call('GET', route);
      // A connection is refreshed once in five seconds, so this may come back before it is.
      await broker.call('POST', `${route}/refresh`);
      const isRefreshed = async () => (await broker.call('GET', route)).generation > generation;
      await until(`${clientId} is refreshed`, isRefreshed);
      const token = api.issued.at(-1);
      secrets.keptByN8n(token);
      return { token, kept: await synced(clientId, pushedAt) };
    },
  };
}

/** What n8n would have sent to refresh. */
const refreshesOf = (api) => api.to('/gitlab/').filter(({ url }) => url.includes('/oauth/'));

export const guarantees = [
  [
    "n8n answers, and its own GitLab node works with the synchronised credentials, each client's token on its own requests",
    async ({ api, n8n, instance, workflow, connections }) => {
      assert.equal(instance.status, 'ok');
      const run = await n8n.execute(workflow);
      for (const clientId of CLIENTS) {
        assert.equal(jsonOf(run, `GitLab of ${clientId}`)[0].ok, true, errorOf(run, `GitLab of ${clientId}`));
        assert.deepEqual(new Set(api.sent(`/gitlab/${clientId}/api`)), new Set([connections[clientId].token]));
      }
    },
  ],
  [
    'the HTTP Request node works with a synchronised credential too',
    async ({ api, n8n, workflow, connections }) => {
      await n8n.execute(workflow);
      assert.equal(api.sent('/gitlab/plain').at(-1), connections['sync-acme'].token);
    },
  ],
  [
    'it goes on across two refreshes, under the same id, and n8n has refreshed nothing',
    async ({ api, n8n, workflow, renew, remote }) => {
      for (let refreshes = 0; refreshes < 2; refreshes += 1) {
        const { token, kept } = await renew('sync-acme');
        assert.equal(kept.remoteId, remote['sync-acme'].remoteId);
        const run = await n8n.execute(workflow);
        assert.equal(jsonOf(run, 'GitLab of sync-acme')[0].ok, true);
        assert.equal(api.sent('/gitlab/sync-acme/api').at(-1), token);
      }
      assert.deepEqual(refreshesOf(api), []);
    },
  ],
  [
    'a token that the API refuses makes n8n fail, not refresh',
    async ({ api, n8n, workflow, renew }) => {
      const { token } = await renew('sync-acme');
      api.good.delete(token);
      const run = await n8n.execute(workflow);
      assert.notEqual(jsonOf(run, 'GitLab of sync-acme')[0].error, undefined);
      assert.equal(jsonOf(run, 'GitLab of sync-globex')[0].ok, true);
      assert.deepEqual(refreshesOf(api), []);
      api.good.add(token);
    },
  ],
  [
    'suspending a client deletes its credential in n8n within seconds, and the other client goes on',
    async ({ broker, n8n, workflow, remote, statusOf, public: at }) => {
      const { remoteId } = remote['sync-acme'];
      const suspendedAt = Date.now();
      await broker.call('POST', '/v1/clients/sync-acme/suspend', {});
      await until('it is gone', async () => (await at('GET', `/credentials/${remoteId}`)).status === 404);
      assert.ok(Date.now() - suspendedAt < 10_000, `after ${Date.now() - suspendedAt} ms`);
      const run = await n8n.execute(workflow);
      assert.notEqual(jsonOf(run, 'GitLab of sync-acme')[0].error, undefined);
      assert.equal(jsonOf(run, 'GitLab of sync-globex')[0].ok, true);
      await broker.call('POST', '/v1/clients/sync-acme/resume', {});
      const back = await until('it is there again', async () => {
        const found = await statusOf('sync-acme');
        return found.status === 'synced' ? found : null;
      });
      assert.equal(back.title, remote['sync-acme'].title);
    },
  ],
  [
    'what somebody renames or deletes in n8n is found by a check, and put right',
    async ({ broker, instance, remote, statusOf, public: at }) => {
      const { remoteId, title } = remote['sync-globex'];
      const found = async (drift) => {
        await broker.call('POST', `/v1/n8n-instances/${instance.id}/check`);
        await until(`it is found ${drift}`, async () => (await statusOf('sync-globex')).drift === drift);
        return (await until('it is there', async () => statusOf('sync-globex'))).remoteId;
      };
      await at('PATCH', `/credentials/${remoteId}`, { name: 'mine' });
      assert.equal(await found('renamed'), remoteId);
      assert.equal((await at('GET', `/credentials/${remoteId}`)).body.name, title);
      await at('DELETE', `/credentials/${remoteId}`);
      const again = await found('gone');
      assert.notEqual(again, remoteId);
      assert.equal((await at('GET', `/credentials/${again}`)).body.name, title);
    },
  ],
  [
    "n8n's API is as docs/n8n-sync.md says: no id of ours, no hidden fields, and no data in what it tells",
    async ({ public: at }) => {
      const data = { clientId: 'x', clientSecret: 'x', oauthTokenData: { access_token: 'x' } };
      const credential = { name: 'tried', type: TYPE, data };
      assert.equal((await at('POST', '/credentials', { id: 'anIdOfOurs000001', ...credential })).status, 400);
      const hidden = { ...credential, data: { ...data, grantType: 'authorizationCode' } };
      assert.equal((await at('POST', '/credentials', hidden)).status, 400);
      const { body: made } = await at('POST', '/credentials', credential);
      const { body: replaced } = await at('PATCH', `/credentials/${made.id}`, credential);
      const { body: read } = await at('GET', `/credentials/${made.id}`);
      assert.ok(replaced.updatedAt > made.updatedAt);
      assert.equal(read.updatedAt, replaced.updatedAt);
      assert.equal('data' in read, false);
      await at('DELETE', `/credentials/${made.id}`);
    },
  ],
  [
    "every row of the table of n8n's credential types is a type of this n8n, with the fields that it names",
    async ({ root, public: at }) => {
      const { N8N_CREDENTIAL_TYPES } = createRequire(import.meta.url)(
        path.join(root, 'broker', 'dist', 'providers', 'n8n-credential-types.js'),
      );
      const wrong = [];
      for (const { type, kind, secret, username, password } of N8N_CREDENTIAL_TYPES) {
        const { status, body } = await at('GET', `/credentials/schema/${type}`);
        const needed = {
          oauth2: ['clientId', 'clientSecret', 'oauthTokenData'],
          api_key: [secret],
          basic: [username, password],
        };
        const missing = needed[kind].filter((field) => body.properties?.[field] === undefined);
        if (status !== 200 || missing.length > 0) wrong.push({ type, status, missing });
      }
      assert.deepEqual(wrong, []);
    },
  ],
  [
    'an instance that is removed takes all with it that was put there, and nothing that another one keeps; its key is in no log',
    async ({ broker, n8n, instance, apiKey, credentials, public: at }) => {
      const otherKey = await keyOfN8n(n8n, 'second');
      const other = await broker.call('POST', '/v1/n8n-instances', { name: 'second', url: n8n.url, apiKey: otherKey });
      const body = { clientId: 'sync-globex', service: SERVICE, type: TYPE };
      const { id } = await broker.call('POST', `/v1/n8n-instances/${other.id}/credentials`, body);
      const kept = await until('the second keeps one too', async () => {
        const { items } = await broker.call('GET', `/v1/n8n-instances/${other.id}/credentials`);
        return items.find((item) => item.id === id && item.status === 'synced');
      });
      assert.equal((await broker.call('GET', credentials)).items.length, CLIENTS.length);
      await broker.call('DELETE', `/v1/n8n-instances/${instance.id}`);
      await until('it is forgotten', async () => (await broker.call('GET', '/v1/n8n-instances')).items.length === 1);
      const { body: left } = await at('GET', '/credentials?limit=250');
      const ours = left.data.filter(({ name }) => name.includes('(otobot:'));
      assert.deepEqual(
        ours.map(({ id: remoteId }) => remoteId),
        [kept.remoteId],
      );
      assertFree(broker.log(), [apiKey, otherKey]);
    },
  ],
];
