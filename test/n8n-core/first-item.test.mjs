// Where n8n resolves a credential for the first item, whichever item is at hand. Tools of agents: agent.test.mjs.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';

import { errorOf } from '../n8n/reading.mjs';
import { http, items, workflow } from '../n8n/workflows.mjs';
import { standIns } from './broker.mjs';
import { engine } from './engine.mjs';

const CLIENTS = [{ clientId: 'acme' }, { clientId: 'globex' }];

let outside;
let n8n;
before(async () => (outside = await standIns()));
after(() => outside.close());
beforeEach(async () => {
  outside.reset();
  n8n = await engine([outside.credential()]);
});

describe('where n8n gives every item the credential of the first', () => {
  const several = /n8n would send all items with the credential of the first/;

  test('sends nothing for several items with pagination', async () => {
    const run = await perItem('/pages?page=1', { options: { pagination: PAGINATION } });
    assert.deepEqual(outside.api.sent('/pages'), []);
    assert.match(errorOf(run, 'Request'), several);
  });

  test('sends every page for one item, with the token of its client', async () => {
    outside.api.answer('/pages', ({ url }) => ({ status: 200, body: { ok: true, next: nextPage(url) } }));
    const only = items([{ clientId: 'globex' }]);
    const request = http('Request', 'c', `${outside.api.url}/pages?page=1`, { options: { pagination: PAGINATION } });
    await n8n.execute(workflow('one', [[...only, request]]));
    assert.deepEqual(outside.api.sent('/pages'), Array(3).fill('Bearer globex-token-1'));
  });

  test('does not mind pagination that is switched off', async () => {
    await perItem('/off', { options: { pagination: { pagination: { paginationMode: 'off' } } } });
    assert.deepEqual(outside.api.sent('/off').sort(), ['Bearer acme-token-1', 'Bearer globex-token-1']);
  });

  test('sends nothing for several items with version 2 of the node', async () => {
    const request = { ...http('Request', 'c', `${outside.api.url}/v2`), typeVersion: 2 };
    const run = await n8n.execute(workflow('v2', [[...items(CLIENTS), request]]));
    assert.deepEqual(outside.api.sent('/v2'), []);
    assert.match(errorOf(run, 'Request'), several);
  });

  test('serves the GraphQL node, which does it right', async () => {
    const graphql = {
      ...http('Request', 'c', 'unused'),
      ...{ type: 'n8n-nodes-base.graphql', typeVersion: 1.1 },
      parameters: {
        ...{ authentication: 'predefinedCredentialType', nodeCredentialType: 'otobotDatabaseApi' },
        ...{ endpoint: `${outside.api.url}/graphql`, query: '{ ok }', requestMethod: 'GET' },
      },
    };
    await n8n.execute(workflow('graphql', [[...items(CLIENTS), graphql]]));
    assert.deepEqual(outside.api.sent('/graphql').sort(), ['Bearer acme-token-1', 'Bearer globex-token-1']);
  });
});

const PAGINATION = {
  pagination: {
    paginationMode: 'responseContainsNextURL',
    nextURL: '={{ $response.body.next }}',
    paginationCompleteWhen: 'other',
    completeExpression: '={{ !$response.body.next }}',
  },
};

function nextPage(url) {
  const page = Number(new URL(url, outside.api.url).searchParams.get('page'));
  return page < 3 ? `${outside.api.url}/pages?page=${page + 1}` : null;
}

function perItem(path, more) {
  return n8n.execute(
    workflow('per-item', [[...items(CLIENTS), http('Request', 'c', `${outside.api.url}${path}`, more)]]),
  );
}
