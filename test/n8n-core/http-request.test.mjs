// Our credential in n8n's HTTP Request node.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';

import { assertFree, errorOf, jsonOf } from '../n8n/reading.mjs';
import { http, items, workflow } from '../n8n/workflows.mjs';
import { reauth, standIns } from './broker.mjs';
import { engine, n8nVersion } from './engine.mjs';

const CLIENTS = [{ clientId: 'acme' }, { clientId: 'globex' }];

let outside;
let n8n;
before(async () => (outside = await standIns()));
after(() => outside.close());
beforeEach(async () => {
  outside.reset();
  n8n = await engine([outside.credential()]);
});

describe(`the HTTP Request node of n8n ${n8nVersion} with our credential`, () => {
  test('sends for each item the token of its own client', async () => {
    const run = await perItem('/items');
    assert.deepEqual(outside.api.sent('/items').sort(), ['Bearer acme-token-1', 'Bearer globex-token-1']);
    assert.deepEqual(
      jsonOf(run, 'Request').map(({ ok }) => ok),
      [true, true],
    );
  });

  for (const method of ['GET', 'PUT', 'DELETE']) {
    test(`sends a ${method} refused with 401 once more, with the new token of that client`, async () => {
      outside.state.renewed.acme = 'acme-token-2';
      outside.refuse('/stale', 'acme-token-1', 401);
      const run = await perItem('/stale', { method });
      const sent = outside.api.sent('/stale');
      assert.deepEqual(sent.sort(), ['Bearer acme-token-1', 'Bearer acme-token-2', 'Bearer globex-token-1']);
      assert.deepEqual(
        jsonOf(run, 'Request').map(({ ok }) => ok),
        [true, true],
      );
    });
  }

  test('sends no second time when the broker has no other token', async () => {
    outside.refuse('/refused', 'acme-token-1', 401);
    const run = await perItem('/refused');
    assert.deepEqual(outside.api.sent('/refused').sort(), ['Bearer acme-token-1', 'Bearer globex-token-1']);
    assert.match(JSON.stringify(jsonOf(run, 'Request')[0].error), /401/);
    assert.equal(jsonOf(run, 'Request')[1].ok, true);
  });

  for (const status of [401, 500]) {
    test(`sends a POST answered with ${status} exactly once, although there is a new token`, async () => {
      outside.state.renewed.acme = 'acme-token-2';
      outside.refuse('/post', 'acme-token-1', status);
      await perItem('/post', { method: 'POST' });
      assert.deepEqual(outside.api.sent('/post').sort(), ['Bearer acme-token-1', 'Bearer globex-token-1']);
    });
  }

  test('says who must reconnect, with the link, when that is why the token was refused', async () => {
    outside.api.answer('/consent', (request) => {
      if (request.headers.authorization !== 'Bearer acme-token-1') return { status: 200, body: { ok: true } };
      outside.state.refusals.acme = reauth();
      return { status: 401 };
    });
    const run = await perItem('/consent');
    assert.match(errorOf(run, 'Request'), /"acme" must reconnect "loopback".* https:\/\/otobot\.example\/connect\/x/);
    assert.equal(jsonOf(run, 'Request')[1].ok, true);
  });

  test('sends nothing to a host outside the allow-list', async () => {
    outside.state.allowedHosts = ['api.example.com'];
    const run = await perItem('/foreign');
    assert.match(errorOf(run, 'Request'), /must not be sent to 127\.0\.0\.1/);
    assert.deepEqual(outside.api.sent('/foreign'), []);
  });

  test('follows a redirect to another host without the token', async () => {
    redirect('/moved', '/landed');
    await perItem('/moved');
    assert.deepEqual(outside.api.sent('/landed'), [null, null]);
  });

  test('does not follow a redirect to another host with a key that is not in Authorization', async () => {
    outside.state.headers = (token) => ({ 'X-Api-Key': token });
    redirect('/key-moved', '/key-landed');
    const run = await perItem('/key-moved');
    assert.deepEqual(outside.api.to('/key-landed'), []);
    assert.ok(jsonOf(run, 'Request')[0].error);
  });

  test('sends neither the internal token nor a token of a client to a proxy that the workflow names', async () => {
    const options = { proxy: outside.api.url };
    const url = `${outside.credential().data.apiUrl}/v1/whoami`;
    const run = await n8n.execute(workflow('proxy', [[...items(CLIENTS), http('Request', 'c', url, { options })]]));
    assert.match(errorOf(run, 'Request'), /must not be sent through the "Proxy"/);
    await perItem('/through', { options });
    assert.deepEqual(outside.api.requests, []);
  });

  test('remembers nothing: the next run asks again, and is refused when the client is suspended', async () => {
    await perItem('/before');
    outside.state.tokens.acme = 'acme-token-2';
    outside.state.refusals.globex = { status: 403, code: 'client_suspended' };
    const run = await perItem('/later');
    assert.deepEqual(outside.api.sent('/later'), ['Bearer acme-token-2']);
    assert.match(JSON.stringify(jsonOf(run, 'Request')[1].error), /is suspended/);
  });

  test('leaves no token in what n8n stores: not in the run, nor in the credential, whose expressions stay', async () => {
    outside.state.renewed.acme = 'acme-token-2';
    outside.refuse('/kept', 'acme-token-1', 401);
    const run = await perItem('/kept');
    assertFree(run.text + n8n.stored(), ['acme-token-1', 'acme-token-2', 'globex-token-1']);
    assert.match(n8n.stored(), /\$json\.clientId/);
    assert.match(n8n.stored(), /session/, 'n8n has stored the credential, or this shows nothing');
  });
});

function perItem(path, more) {
  return n8n.execute(
    workflow('per-item', [[...items(CLIENTS), http('Request', 'c', `${outside.api.url}${path}`, more)]]),
  );
}

function redirect(from, to) {
  // The same server by another name, which is another host to a browser and to n8n.
  const location = `http://localhost:${outside.api.port}${to}`;
  outside.api.answer(from, () => ({ status: 302, headers: { location } }));
}
