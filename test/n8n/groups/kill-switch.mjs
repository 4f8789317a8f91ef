// Suspending a client stops its workflows with the next request, in a run that is under way as in the next one.
import assert from 'node:assert/strict';

import { errorOf, jsonOf } from '../reading.mjs';
import { http, items, otobot, workflow } from '../workflows.mjs';

export const name = 'kill-switch';

/** Each has its own client, which is suspended while its first request is being answered. */
const WAYS = {
  'HTTP Request': (name, url) => http(name, 'kill', url),
  'API Request': (name, url) => otobot('otobotApiRequest', name, 'kill', { url }),
  Fetcher: (name) => otobot('otobotCredentialFetcher', name, 'kill', { operation: 'getCredentials' }),
};

export async function prepare({ api, broker, connect, credential }) {
  await connect('kill-bystander');
  const workflows = [];
  for (const [way, node] of Object.entries(WAYS)) {
    const clientId = clientOf(way);
    await connect(clientId);
    api.answer(`/kill/${clientId}/switch`, async (_request, response) => {
      await broker.call('POST', `/v1/clients/${clientId}/suspend`, {});
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ clientId }));
    });
    const url = (what) => `${api.url}/kill/${clientId}/${what}`;
    workflows.push(
      workflow(clientId, [
        [
          ...items([{ clientId }]),
          node('Before', url('before')),
          same(clientId),
          http('Switch', 'kill', url('switch')),
          node('After', url('after')),
        ],
      ]),
      workflow(`${clientId}-again`, [
        [...items([{ clientId }, { clientId: 'kill-bystander' }]), node('Again', url('again'))],
      ]),
    );
  }
  return { workflows, credentials: [credential('kill', { clientId: '={{ $json.clientId }}' })] };
}

export const guarantees = Object.keys(WAYS).flatMap((way) => [
  [
    `${way}: a client that is suspended during a run is refused at the next node of it`,
    async ({ api, n8n }) => {
      const run = await n8n.execute(clientOf(way));
      assert.equal(jsonOf(run, 'Before')[0].error, undefined);
      assert.equal(jsonOf(run, 'Switch')[0].clientId, clientOf(way));
      assert.match(errorOf(run, 'After'), /is suspended in Otobot/);
      assert.deepEqual(api.sent(`/kill/${clientOf(way)}/after`), []);
    },
  ],
  [
    `${way}: in the next run it is refused too, the other client is served, and resuming undoes it`,
    async ({ broker, n8n }) => {
      const refused = await n8n.execute(`${clientOf(way)}-again`);
      assert.match(errorOf(refused, 'Again'), /is suspended in Otobot/);
      assert.equal(jsonOf(refused, 'Again')[1].error, undefined);

      await broker.call('POST', `/v1/clients/${clientOf(way)}/resume`, {});
      const served = await n8n.execute(`${clientOf(way)}-again`);
      assert.deepEqual(
        jsonOf(served, 'Again').map(({ error }) => error),
        [undefined, undefined],
      );
    },
  ],
]);

function clientOf(way) {
  return `kill-${way.toLowerCase().replace(/\W+/g, '-')}`;
}

/** An answer replaces the item; this names the client again. */
function same(clientId) {
  return {
    name: 'Same client',
    type: 'n8n-nodes-base.set',
    typeVersion: 3.4,
    parameters: { mode: 'raw', jsonOutput: JSON.stringify({ clientId }), options: {} },
  };
}
