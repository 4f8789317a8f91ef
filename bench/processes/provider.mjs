// A provider's token endpoint on loopback: answers every refresh with new tokens, at once or after a given time.
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { serveParent } from '../parent.mjs';

const TOKEN_BYTES = 2_048;
const filler = randomBytes(TOKEN_BYTES).toString('base64url');

let latencyMs = 0;
let calls = 0;
let waiting = null;

serveParent(async () => {
  const server = createServer((request, response) => {
    // A refresh token that nobody read is not refused, but the request has to arrive in full.
    request.resume().once('end', () => answer(response));
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', 4_096);
  await once(server, 'listening');
  return {
    ready: { tokenUrl: `http://127.0.0.1:${server.address().port}/token` },
    commands: { begin, received, calls: () => calls },
  };
});

function begin(behaviour) {
  ({ latencyMs } = behaviour);
  calls = 0;
}

function received(count) {
  return new Promise((resolve) => {
    waiting = () => calls >= count && resolve();
    waiting();
  });
}

function answer(response) {
  calls++;
  const send = () => {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(newTokens()));
    waiting?.();
  };
  if (latencyMs === 0) send();
  else setTimeout(send, latencyMs);
}

function newTokens() {
  const id = randomUUID();
  const access = (id + filler).slice(0, TOKEN_BYTES);
  return { access_token: access, refresh_token: id, token_type: 'Bearer', expires_in: 3_600 };
}
