// Our own nodes in n8n's engine, and the helper through which another package's node may use our credential.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';

import { assertFree, errorOf, itemsOf, jsonOf } from '../n8n/reading.mjs';
import { items, otobot, using, workflow } from '../n8n/workflows.mjs';
import { reauth, standIns } from './broker.mjs';
import { engine } from './engine.mjs';

const CLIENTS = [{ clientId: 'acme' }, { clientId: 'globex' }];
const FOREIGN = 'test.foreign';

let outside;
let n8n;
before(async () => (outside = await standIns()));
after(() => outside.close());
beforeEach(async () => {
  outside.reset();
  n8n = await engine([outside.credential()], { [FOREIGN]: foreignNode() });
});

describe('the Otobot API Request node', () => {
  const request = (path, parameters = {}, clients = CLIENTS) =>
    perItem(otobot('otobotApiRequest', 'Node', 'c', { url: `${outside.api.url}${path}`, ...parameters }), clients);

  test('calls the API for each item with the token of its own client, and pairs the answers', async () => {
    const run = await request('/items');
    assert.deepEqual(outside.api.sent('/items'), ['Bearer acme-token-1', 'Bearer globex-token-1']);
    assert.deepEqual(pairs(run), [0, 1]);
  });

  for (const method of ['GET', 'POST']) {
    test(`sends a ${method} refused with 401 once more, with the new token`, async () => {
      outside.state.renewed.acme = 'acme-token-2';
      outside.refuse('/stale', 'acme-token-1', 401);
      const run = await request('/stale', { method });
      assert.deepEqual(outside.api.sent('/stale').sort(), [
        'Bearer acme-token-1',
        'Bearer acme-token-2',
        'Bearer globex-token-1',
      ]);
      assert.equal(jsonOf(run, 'Node')[0].ok, true);
    });
  }

  test('sends a POST answered with 500 exactly once', async () => {
    outside.state.renewed.acme = 'acme-token-2';
    outside.refuse('/post', 'acme-token-1', 500);
    await request('/post', { method: 'POST' });
    assert.deepEqual(outside.api.sent('/post').sort(), ['Bearer acme-token-1', 'Bearer globex-token-1']);
  });

  test('sends nothing to a host outside the allow-list', async () => {
    outside.state.allowedHosts = ['api.example.com'];
    const run = await request('/foreign');
    assert.match(errorOf(run, 'Node'), /127\.0\.0\.1/);
    assert.deepEqual(outside.api.sent('/foreign'), []);
  });

  test('leaves no token in the run, whatever the API answers', async () => {
    outside.api.answer('/echo', ({ headers }) => ({ status: 400, body: { message: 'no', sent: headers } }));
    const run = await request('/echo');
    assert.equal(outside.api.sent('/echo').length, 2);
    assertFree(run.text + n8n.stored(), ['acme-token-1', 'globex-token-1']);
  });
});

describe('the Credential Fetcher', () => {
  const fetch = () => perItem(otobot('otobotCredentialFetcher', 'Node', 'c', { operation: 'getCredentials' }), CLIENTS);

  test('answers each item with its own connection, paired, and without a token', async () => {
    const run = await fetch();
    assert.deepEqual(
      jsonOf(run, 'Node').map(({ clientId }) => clientId),
      ['acme', 'globex'],
    );
    assert.deepEqual(pairs(run), [0, 1]);
    assertFree(run.text, ['acme-token-1', 'globex-token-1']);
  });

  test('goes on after a client that must reconnect', async () => {
    outside.state.refusals.acme = reauth();
    const run = await fetch();
    const all = jsonOf(run, 'Node');
    assert.ok(all.some(({ details }) => details?.connectUrl === reauth().connectUrl));
    assert.ok(all.some(({ clientId, error }) => clientId === 'globex' && error === undefined));
  });
});

describe("n8n's httpRequestWithAuthentication, as any node may call it", () => {
  const foreign = (path, method, clients) =>
    perItem(
      { ...using('c'), name: 'Node', type: FOREIGN, typeVersion: 1, parameters: parametersOf(path, method) },
      clients,
    );
  const parametersOf = (path, method) => ({ url: `${outside.api.url}${path}`, method });

  test('sends the token of the one item, and once more with the new one after a 401', async () => {
    outside.state.renewed.acme = 'acme-token-2';
    outside.refuse('/helper', 'acme-token-1', 401);
    await foreign('/helper', 'GET', [{ clientId: 'acme' }]);
    assert.deepEqual(outside.api.sent('/helper'), ['Bearer acme-token-1', 'Bearer acme-token-2']);
  });

  test('sends a POST answered with 500 exactly once', async () => {
    outside.state.renewed.acme = 'acme-token-2';
    outside.refuse('/helper', 'acme-token-1', 500);
    await foreign('/helper', 'POST', [{ clientId: 'acme' }]);
    assert.deepEqual(outside.api.sent('/helper'), ['Bearer acme-token-1']);
  });

  test('sends nothing for several items, of which it knows only the first', async () => {
    const run = await foreign('/helper', 'GET', CLIENTS);
    assert.deepEqual(outside.api.sent('/helper'), []);
    assert.match(JSON.stringify(jsonOf(run, 'Node')), /all items with the credential of the first/);
  });
});

function perItem(node, clients) {
  return n8n.execute(workflow('per-item', [[...items(clients), node]]));
}

function pairs(run) {
  return itemsOf(run, 'Node').map(({ pairedItem }) => pairedItem.item ?? pairedItem);
}

/** A node as another package might have it, which does what n8n's documentation says. */
function foreignNode() {
  const text = (name) => ({ displayName: name, name, type: 'string', default: '' });
  return {
    description: {
      ...{ displayName: 'Foreign', name: 'foreign', group: ['input'], version: 1, description: '', defaults: {} },
      ...{ inputs: ['main'], outputs: ['main'], credentials: [{ name: 'otobotDatabaseApi', required: true }] },
      properties: [text('url'), text('method')],
    },
    async execute() {
      const results = this.getInputData().map(async (_item, index) => {
        const options = { url: this.getNodeParameter('url', index), method: this.getNodeParameter('method', index) };
        const send = this.helpers.httpRequestWithAuthentication;
        const json = await send
          .call(this, 'otobotDatabaseApi', { ...options, json: true })
          .catch(({ message }) => ({ error: message }));
        return { json };
      });
      return [await Promise.all(results)];
    },
  };
}
