// Stands in for the broker and for the API behind it: which token a client has is set by the test, and every request is kept.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

/**
 * The broker answers `POST /v1/grants` with `tokens[clientId]`; a reported one is replaced by `renewed[clientId]`, if any.
 * Where `refusals[clientId]` is set, it is the answer: `{status, code, …}`.
 */
export async function standIns() {
  const state = {};
  const broker = await serve((request) => grant(state, JSON.parse(request.body)));
  const answers = [];
  const api = await serve((request) => {
    const own = answers.find(({ path }) => request.url.startsWith(path));
    return own ? own.answer(request) : { status: 200, body: { ok: true } };
  });
  const to = (path) => api.requests.filter(({ url }) => url.startsWith(path));
  /** @param answer `(request) => ({status, body, headers})`, for every path that begins so */
  const answer = (path, answer) => void answers.unshift({ path, answer });
  return {
    state,
    broker,
    api: { ...api, to, sent: (path) => to(path).map(({ headers }) => headers.authorization ?? null), answer },
    /** The API refuses this one token on a path, and accepts all others. */
    refuse: (path, token, status) =>
      answer(path, ({ headers }) =>
        headers.authorization === `Bearer ${token}` ? { status } : { status: 200, body: { ok: true } },
      ),
    /** n8n's credential of our type, with the client of each item. */
    credential: () => credentialAt(broker.url),
    reset: () => {
      Object.assign(state, { tokens: { acme: 'acme-token-1', globex: 'globex-token-1' }, renewed: {}, refusals: {} });
      Object.assign(state, { allowedHosts: ['127.0.0.1'], headers: bearer, baseUrl: null });
      for (const { requests } of [broker, api]) requests.length = 0;
      answers.length = 0;
    },
    close: () => Promise.all([broker.close(), api.close()]),
  };
}

/** What the broker answers for a client that must connect again. */
export function reauth() {
  const connectUrl = 'https://otobot.example/connect/x';
  return { status: 409, code: 'reauth_required', reason: 'revoked', connectUrl };
}

function credentialAt(apiUrl) {
  const data = {
    ...{ apiUrl, internalToken: 'an-internal-token' },
    ...{ clientId: '={{ $json.clientId }}', service: 'loopback', connectionName: 'default' },
  };
  return { id: 'c', name: 'c', type: 'otobotDatabaseApi', data };
}

const bearer = (token) => ({ Authorization: `Bearer ${token}` });

function grant({ tokens, renewed, refusals, allowedHosts, headers, baseUrl }, { clientId, service, name, rejected }) {
  if (refusals[clientId]) {
    const { status } = refusals[clientId];
    return { status, body: { title: 'A title', detail: 'A detail.', requestId: 'r-1', ...refusals[clientId] } };
  }
  if (rejected === fingerprintOf(tokens[clientId]) && renewed[clientId]) tokens[clientId] = renewed[clientId];
  const token = tokens[clientId];
  const known = { status: 'active', expiresAt: null, scopes: null, account: null, baseUrl, generation: 1 };
  return {
    status: 200,
    body: {
      ...{ clientId, service, name, connectionId: `c-${clientId}`, kind: 'oauth2', tokenType: 'Bearer', ...known },
      ...{ accessToken: token, headers: headers(token), allowedHosts, fingerprint: fingerprintOf(token) },
    },
  };
}

function fingerprintOf(token) {
  return createHash('sha256').update(token).digest('base64url').slice(0, 22);
}

async function serve(answer) {
  const requests = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      const received = { method, url, headers, body };
      requests.push(received);
      const { status, body: value = {}, headers: more = {} } = answer(received);
      response.writeHead(status, { 'content-type': 'application/json', ...more }).end(JSON.stringify(value));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  return {
    ...{ port, url: `http://127.0.0.1:${port}`, requests },
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))),
  };
}
