// The node Otobot API Request: whose token goes where, how often, and what comes of it.
import { answers } from './request/answers.mjs';
import { agents } from './request/agents.mjs';
import { answering, thinking } from './request/api.mjs';
import { sendings } from './request/sendings.mjs';
import { everything, stopping, withAgent, withErrorOutput } from './request/workflows.mjs';
import { freePort } from '../free-port.mjs';
import { errorOf, itemsOf, jsonOf } from '../reading.mjs';

export const name = 'request';

/** Each guarantee has a connection for itself, because a reported token is refreshed once in five minutes only. */
const CONNECTIONS = {
  'request-a': {},
  'request-b': {},
  'request-expired': { isGood: false },
  'request-posting': { isGood: false },
  'request-foreign': { service: 'elsewhere' },
  'request-keyed': { service: 'keyed' },
};

export async function prepare({ api, broker, client, connect, credential, secrets }) {
  const tokens = {};
  for (const [clientId, more] of Object.entries(CONNECTIONS)) tokens[clientId] = (await connect(clientId, more)).token;
  await client('request-new');
  answering(api, tokens);
  thinking(api, '/request/thing');
  const modelKey = secrets.make('model');
  secrets.keptByN8n(modelKey);
  const own = (clientId) => credential(clientId, { clientId, service: CONNECTIONS[clientId]?.service ?? 'loopback' });
  return {
    tokens,
    credentials: [
      ...Object.keys(CONNECTIONS).map(own),
      own('request-new'),
      credential('request-per-item', { clientId: '={{ $json.clientId }}' }),
      credential('request-no-broker', { clientId: 'request-a', apiUrl: `http://127.0.0.1:${await freePort()}` }),
      modelCredential(modelKey, `${api.url}/request-model/v1`),
    ],
    workflows: [
      everything(api.url, broker.url),
      stopping(api.url),
      withErrorOutput(api.url),
      ...[2.2, 3.1].map((version) => withAgent(api.url, version)),
    ],
  };
}

export async function act({ n8n }) {
  const run = await n8n.execute('request');
  return {
    run,
    items: (node) => itemsOf(run, node),
    json: (node) => jsonOf(run, node),
    first: (node) => jsonOf(run, node)[0],
    errorOf: (node) => errorOf(run, node),
  };
}

export const guarantees = [...sendings, ...answers, ...agents];

function modelCredential(apiKey, url) {
  const name = 'request-model';
  return { id: name, name, type: 'openAiApi', data: { apiKey, url, header: false } };
}
