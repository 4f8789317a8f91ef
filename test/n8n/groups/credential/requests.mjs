// The HTTP Request node with our credential: whose token goes where, and how often.
import assert from 'node:assert/strict';

export const requests = [
  ['the run came to its end', ({ run }) => assert.equal(run.status, 'success', run.text)],
  [
    'two items of two clients: each request carries its own token',
    ({ tokens, api: { sent } }) => assert.deepEqual(sent('/per-item').sort(), [tokens.acme, tokens.globex].sort()),
  ],
  [
    'an API key travels in the header that its service wants',
    ({ api, tokens }) => {
      const [{ headers }] = api.to('/keyed');
      assert.equal(headers['x-api-key'], tokens.keyed);
      assert.equal(headers.authorization, undefined);
    },
  ],
  [
    'a token refused with 401 is reported, and the request sent once more with the new one',
    ({ api, tokens, first }) => {
      const { sent } = api;
      assert.equal(sent('/rejected').length, 2);
      assert.equal(sent('/rejected')[0], tokens.rejected);
      assert.ok(api.issued.includes(sent('/rejected')[1]));
      assert.equal(first('Rejected token').ok, true);
    },
  ],
  [
    'a POST answered with 500 is sent exactly once',
    ({ tokens, api: { sent } }) => assert.deepEqual(sent('/fails/post'), [tokens.failing]),
  ],
  [
    'a POST refused with 401 is not repeated, but its token is reported, so that the next request succeeds',
    ({ api, tokens, first }) => {
      const { sent } = api;
      assert.deepEqual(sent('/posting'), [tokens.posting]);
      assert.equal(first('After the POST').ok, true);
      assert.ok(api.issued.includes(sent('/after').at(-1)));
    },
  ],
  [
    'a host outside the allow-list is refused before anything is sent',
    ({ api: { sent }, errorOf }) => {
      assert.match(errorOf('Foreign host'), /must not be sent to 127\.0\.0\.1: .* only api\.example\.com/);
      assert.deepEqual(sent('/foreign'), []);
    },
  ],
  [
    "the broker's own management is out of a workflow's reach",
    ({ errorOf }) => assert.match(errorOf('The broker itself'), /gives no access to the Otobot broker/),
  ],
  [
    'where n8n takes the credential of the first item for all (pagination, version 2 of the node), nothing is sent',
    ({ api: { sent }, errorOf }) => {
      for (const [node, path] of [
        ['Paginated', '/paginated'],
        ['Version 2', '/version-2'],
      ]) {
        assert.match(errorOf(node), /all items with the credential of the first/);
        assert.deepEqual(sent(path), []);
      }
    },
  ],
];
