// What leaves n8n, and what does not.
import assert from 'node:assert/strict';

import { FILE } from './api.mjs';

export const sendings = [
  ['the run came to its end', ({ run }) => assert.equal(run.status, 'success', run.text.slice(0, 2000))],
  [
    'two items of two clients: each request carries its own token, by the credential and by the node',
    ({ api, tokens }) => {
      const both = [tokens['request-a'], tokens['request-b']];
      assert.deepEqual(api.sent('/request/per-item'), both);
      assert.deepEqual(api.sent('/request/own'), both);
    },
  ],
  [
    'an expired token is reported, and the request sent exactly once more with the new one',
    ({ api, tokens, first }) => {
      const sent = api.sent('/request/expired');
      assert.equal(sent.length, 2);
      assert.equal(sent[0], tokens['request-expired']);
      assert.ok(api.issued.includes(sent[1]));
      assert.equal(first('Expired').ok, true);
    },
  ],
  [
    'a POST too, since a 401 was not carried out; its body goes with it both times',
    ({ api, tokens, first }) => {
      assert.equal(api.sent('/request/posting').length, 2);
      assert.equal(api.sent('/request/posting')[0], tokens['request-posting']);
      assert.deepEqual(
        api.to('/request/posting').map(({ body, headers }) => [body, headers['content-type']]),
        Array(2).fill(['{"amount":1}', 'application/json']),
      );
      assert.equal(first('Expired POST').ok, true);
    },
  ],
  [
    'a POST answered with 500 is sent exactly once',
    ({ api, tokens, first }) => {
      assert.deepEqual(api.sent('/fails/request'), [tokens['request-a']]);
      assert.match(first('Failing POST').error, /answered 500 .*failed on purpose/);
    },
  ],
  [
    'a request refused with 429 is repeated after the wait that the API asks for',
    ({ api, first }) => {
      assert.equal(api.to('/request/limited').length, 2);
      assert.equal(first('Limited').ok, true);
    },
  ],
  [
    'a host outside the allow-list is refused before anything is sent, the broker among them',
    ({ api, errorOf }) => {
      assert.match(errorOf('Foreign host'), /must not be sent to 127\.0\.0\.1: .* only api\.example\.com/);
      assert.deepEqual(api.to('/request/foreign'), []);
      assert.match(errorOf('The broker itself'), /must not be sent to 127\.0\.0\.1/);
    },
  ],
  [
    'a redirect to another host does not carry the API key along',
    ({ api, first }) => {
      assert.equal(first('Moved').arrived, true);
      const [{ headers }] = api.to('/request/arrived');
      assert.equal(headers['x-api-key'], undefined);
      assert.equal(headers.authorization, undefined);
    },
  ],
  [
    'a page on another host is refused before anything is sent',
    ({ errorOf }) => assert.match(errorOf('Leaving pages'), /must not be sent to evil\.example/),
  ],
  [
    'a client that a language model would choose is refused',
    ({ api, errorOf }) => {
      assert.match(errorOf('Chosen by a model'), /"Client" must not be chosen by the AI model/);
      assert.deepEqual(api.to('/request/model'), []);
    },
  ],
  [
    'a file goes out as it came in, by itself and in a form',
    ({ api }) => {
      const [{ bytes, headers }] = api.to('/request/upload');
      assert.deepEqual(bytes, FILE);
      assert.equal(headers['content-type'], 'application/octet-stream');
      const [form] = api.to('/request/form');
      assert.match(form.headers['content-type'], /^multipart\/form-data; boundary=/);
      assert.ok(form.bytes.includes(FILE));
      assert.match(form.body, /name="title"\r\n\r\nAll bytes\r\n/);
      assert.match(form.body, /name="file"; filename="all-bytes\.bin"\r\nContent-Type: application\/octet-stream\r\n/);
    },
  ],
];
