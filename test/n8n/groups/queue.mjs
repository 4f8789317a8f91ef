// n8n in queue mode: executions on two workers. What one process keeps, the other must not serve.
import assert from 'node:assert/strict';

import { assertFree, errorOf, jsonOf } from '../reading.mjs';
import { http, items, otobot, workflow } from '../workflows.mjs';
import { startScaledN8n } from './queue/scaled-n8n.mjs';

export const name = 'queue';

const CLIENTS = [{ clientId: 'queue-acme' }, { clientId: 'queue-globex' }];
const RUNS = 6;

/** It has an n8n of its own, so all is prepared when its turn comes. */
export async function act(stage) {
  const { api, connect, credential } = stage;
  const tokens = {};
  for (const { clientId } of CLIENTS) {
    tokens[clientId] = (await connect(clientId)).token;
    await connect(clientId, { name: 'stale', isGood: false });
  }
  const perItem = { clientId: '={{ $json.clientId }}' };
  const credentials = [
    credential('queue', perItem),
    credential('queue-stale', { ...perItem, connectionName: 'stale' }),
  ];
  const url = (what) => `${api.url}/queue/${what}/{{ $execution.id }}/{{ $json.clientId }}`;
  const request = (name, using, what) => http(name, using, `=${url(what)}`);
  const workflows = [
    workflow('queue', [
      [...items(CLIENTS), request('Request', 'queue', 'each')],
      [...items(CLIENTS), otobot('otobotApiRequest', 'API Request', 'queue', { url: `=${url('own')}` })],
      [...items(CLIENTS), fetcher()],
    ]),
    workflow('queue-meeting', [[...items(CLIENTS), request('Request', 'queue', 'meeting')]]),
    workflow('queue-stale', [[...items(CLIENTS), request('Request', 'queue-stale', 'stale')]]),
  ];
  const scaled = await startScaledN8n({ ...stage, credentials, workflows });
  stage.hosts.push(scaled.n8n);
  return { ...scaled, tokens };
}

export const guarantees = [
  [
    'two runs at once, on two workers: each request carries the token of its own client',
    async ({ api, n8n, workers, tokens }) => {
      // Nobody is answered until both runs are there; with one execution per worker, they are on two.
      const runs = await whenMet(api, '/queue/meeting', 2, () => together(n8n, 'queue-meeting', 2));
      for (const { id } of runs) assertOwnTokens(api, `/queue/meeting/${id}/`, tokens);
      for (const { log } of workers) assert.match(log(), /Worker started execution/);
    },
  ],
  [
    `${RUNS} runs over both workers: each item of each run has its own client's token, whichever node asks`,
    async ({ api, n8n, tokens }) => {
      for (const run of await together(n8n, 'queue', RUNS)) {
        assertOwnTokens(api, `/queue/each/${run.id}/`, tokens);
        assertOwnTokens(api, `/queue/own/${run.id}/`, tokens);
        assert.deepEqual(jsonOf(run, 'Fetch').map(clientOf), CLIENTS.map(clientOf));
      }
    },
  ],
  [
    'a token that both workers find refused is refreshed once, and both go on with the new one',
    async ({ api, n8n }) => {
      const issuedBefore = api.issued.length;
      const runs = await whenMet(api, '/queue/stale', 2, () => together(n8n, 'queue-stale', 2));
      for (const run of runs)
        assert.deepEqual(
          jsonOf(run, 'Request').map(({ ok }) => ok),
          [true, true],
        );
      assert.equal(api.issued.length - issuedBefore, CLIENTS.length);
    },
  ],
  [
    'suspending a client stops it on every worker with the next request, and nobody else',
    async ({ api, broker, n8n }) => {
      await broker.call('POST', '/v1/clients/queue-acme/suspend', {});
      for (const run of await together(n8n, 'queue', RUNS)) {
        assert.match(errorOf(run, 'Request'), /is suspended in Otobot/);
        assert.equal(jsonOf(run, 'Request')[1].ok, true);
        assert.deepEqual(api.sent(`/queue/each/${run.id}/queue-acme`), []);
      }
    },
  ],
  [
    'of all that passed through Redis, nothing is a token',
    ({ redis, secrets }) => {
      assert.match(redis.seen(), /bull:jobs/);
      assertFree(redis.seen(), secrets.all());
    },
  ],
  [
    'nor of what the workers left in their homes and in their logs, and their runs are in the database that is searched at the end',
    async ({ n8n, workers, secrets }) => {
      assert.match(await n8n.stored(), /^execution_data .*queue-globex/m);
      assertFree(workers.map(({ files, log }) => files() + log()).join(''), secrets.notDisclosed());
    },
  ],
];

function fetcher() {
  return otobot('otobotCredentialFetcher', 'Fetch', 'queue', { operation: 'getCredentials' });
}

function clientOf({ clientId }) {
  return clientId;
}

/** Starts a workflow so many times at once. */
function together(n8n, id, times) {
  return Promise.all(Array.from({ length: times }, () => n8n.execute(id)));
}

function assertOwnTokens(api, path, tokens) {
  for (const [clientId, token] of Object.entries(tokens)) {
    assert.deepEqual(api.sent(path + clientId), [token]);
  }
}

/** Holds the answers to a path until requests of so many executions have come. */
async function whenMet(api, path, executions, work) {
  const waiting = [];
  const seen = new Set();
  const answerAll = () => {
    for (const { token, response } of waiting.splice(0)) {
      const isGood = api.good.has(token);
      response.writeHead(isGood ? 200 : 401, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ok: isGood }));
    }
  };
  api.answer(path, ({ url, token }, response) => {
    waiting.push({ token, response });
    seen.add(url.slice(path.length + 1).split('/')[0]);
    if (seen.size >= executions) answerAll();
  });
  return await work();
}
