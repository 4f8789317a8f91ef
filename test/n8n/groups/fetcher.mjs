// The node Otobot Credential Fetcher, version 1.1: every operation, per item, and the drop-downs as the editor asks for them.
import { answers } from './fetcher/answers.mjs';
import { dropDowns } from './fetcher/drop-downs.mjs';
import { everything, withErrorOutput } from './fetcher/workflows.mjs';
import { itemsOf, jsonOf } from '../reading.mjs';

export const name = 'fetcher';

export async function prepare({ broker, client, connect, credential, secrets }) {
  const tokens = {};
  for (const clientId of ['fetcher-a', 'fetcher-b']) {
    tokens[clientId] = (await connect(clientId)).token;
    // The operation Get Auth Headers is there to hand it to n8n.
    secrets.disclosedToN8n(tokens[clientId]);
  }
  await client('fetcher-new');
  const { id: refreshed } = await connect('fetcher-b', { name: 'refreshed' });
  await connect('fetcher-b', { name: 'disabled' });
  const preset = { preset: 'n8n', name: 'n8n, and more', scopes: ['connections:write', 'clients:write'] };
  const { key } = await broker.call('POST', '/v1/access-keys', preset);
  const stranger = secrets.make('stranger');
  for (const token of [key, stranger]) secrets.keptByN8n(token);
  return {
    tokens,
    refreshed,
    credentials: [
      // Its own client and service find something in no item of these workflows.
      credential('fetcher', { clientId: '={{ $json.nowhere }}', service: '={{ $json.nowhere }}' }),
      credential('fetcher-wide', { internalToken: key, clientId: '', service: '' }),
      credential('fetcher-stranger', { internalToken: stranger, clientId: '', service: '' }),
    ],
    workflows: [everything(refreshed), withErrorOutput()],
  };
}

export async function act({ n8n }) {
  const run = await n8n.execute('fetcher');
  return {
    run,
    items: (node) => itemsOf(run, node),
    json: (node) => jsonOf(run, node),
    first: (node) => jsonOf(run, node)[0],
  };
}

export const guarantees = [...answers, ...dropDowns];
