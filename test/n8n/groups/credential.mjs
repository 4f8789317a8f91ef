// Our credential in the HTTP Request node, and the Credential Fetcher, in one run over everything that may happen.
import { answers } from './credential/answers.mjs';
import { requests } from './credential/requests.mjs';
import { traces } from './credential/traces.mjs';
import { EXPRESSION, everyday, includingSecret, stopping } from './credential/workflows.mjs';
import { errorOf, itemsOf, jsonOf } from '../reading.mjs';

export const name = 'credential';

/**
 * Connections by the name under which the guarantees speak of them, which is also the name of n8n's credential. Each
 * has one for itself, because a reported token is refreshed once in five minutes only.
 */
const CONNECTIONS = {
  acme: { clientId: 'acme' },
  globex: { clientId: 'globex' },
  rejected: { clientId: 'acme', name: 'rejected', isGood: false },
  failing: { clientId: 'acme', name: 'failing' },
  posting: { clientId: 'acme', name: 'posting', isGood: false },
  foreign: { clientId: 'acme', service: 'elsewhere' },
  keyed: { clientId: 'acme', service: 'keyed' },
};

export async function prepare({ api, broker, client, connect, credential, secrets }) {
  const tokens = {};
  for (const [id, { clientId, ...named }] of Object.entries(CONNECTIONS)) {
    tokens[id] = (await connect(clientId, named)).token;
  }
  await client('initech');
  const connected = Object.entries(CONNECTIONS).map(([id, { clientId, service = 'loopback', name = 'default' }]) =>
    // n8n stores the credential before it sends a second time: then its expressions must still be there.
    credential(id, { clientId: id === 'rejected' ? EXPRESSION : clientId, service, connectionName: name }),
  );
  return {
    tokens,
    credentials: [
      ...connected,
      credential('per-item', { clientId: '={{ $json.clientId }}' }),
      credential('unconnected', { clientId: 'initech' }),
      credential('unknown', { clientId: 'nobody' }),
      credential('wrong-token', { clientId: 'acme', internalToken: wrongToken(secrets) }),
    ],
    workflows: [everyday(api.url, broker.url), stopping(api.url), includingSecret()],
  };
}

export async function act({ n8n }) {
  const run = await n8n.execute('everyday');
  return {
    run,
    /** The items that a node returned, or their JSON alone. */
    items: (node) => itemsOf(run, node),
    json: (node) => jsonOf(run, node),
    first: (node) => jsonOf(run, node)[0],
    errorOf: (node) => errorOf(run, node),
  };
}

// `answers` last: one of them puts a token into n8n on purpose.
export const guarantees = [...requests, ...traces, ...answers];

function wrongToken(secrets) {
  const token = secrets.make('wrong');
  secrets.keptByN8n(token);
  return token;
}
