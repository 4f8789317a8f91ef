// The same inside a real n8n: one workflow, one credential, both clients.
import assert from 'node:assert/strict';

import { n8nInstallation } from '../test/n8n/installation.mjs';
import { n8nHost } from '../test/n8n/n8n-host.mjs';
import { root } from './play.mjs';

const WORKFLOW = 'one-workflow';

/** Runs it once, and leaves n8n running with what there is to look at. */
export async function inN8n({ broker, provider, internalToken, tell, home, onEnd }) {
  tell.chapter('Inside n8n: one credential and one workflow serve both clients');
  const installation = await n8nInstallation((text) => tell.fact(text));
  const n8n = await n8nHost({ installation, root, folder: home('n8n') });
  onEnd(n8n.stop);
  await n8n.importCredentials([credential(broker, internalToken)]);
  await n8n.importWorkflows([workflow(provider)]);
  await tell.during('starting n8n with the packed package', () => n8n.start());
  const run = await n8n.execute(WORKFLOW);
  assert.equal(run.status, 'success', `the workflow ended with ${run.status}: ${run.error?.message}`);
  for (const { json } of run.nodes['Who am I?'][0].items)
    tell.done(`the API answered as ${tell.styled('bold', json.name)}`);
  tell.fact(`Look at it: ${tell.styled('underline', `${n8n.url}/workflow/${WORKFLOW}`)}`);
  tell.fact(`Sign in as ${n8n.owner.email} with ${n8n.owner.password}; press "Execute workflow".`);
}

function credential(broker, internalToken) {
  const data = {
    apiUrl: broker.url,
    internalToken,
    clientId: '={{ $json.clientId }}',
    service: 'demo',
    connectionName: 'default',
  };
  return { id: 'otobot', name: 'Otobot, every client', type: 'otobotDatabaseApi', data };
}

function workflow({ url }) {
  const trigger = { name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} };
  const clients = {
    ...{ name: 'The clients', type: 'n8n-nodes-base.code', typeVersion: 2 },
    parameters: { jsCode: "return ['acme', 'globex'].map((clientId) => ({ json: { clientId } }));" },
  };
  const request = {
    ...{ name: 'Who am I?', type: 'n8n-nodes-base.httpRequest', typeVersion: 4.2 },
    parameters: {
      url: `${url}/api/me`,
      authentication: 'predefinedCredentialType',
      nodeCredentialType: 'otobotDatabaseApi',
      options: {},
    },
    credentials: { otobotDatabaseApi: { id: 'otobot', name: 'Otobot, every client' } },
  };
  const nodes = [trigger, clients, request].map((node, at) => ({ ...node, id: node.name, position: [at * 220, 0] }));
  const to = (node) => ({ main: [[{ node, type: 'main', index: 0 }]] });
  const connections = { Start: to('The clients'), 'The clients': to('Who am I?') };
  return {
    id: WORKFLOW,
    name: 'One workflow, both clients',
    nodes,
    connections,
    settings: { executionOrder: 'v1' },
    active: false,
  };
}
