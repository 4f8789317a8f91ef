// The outside world: an API that knows which tokens are good, and the token endpoint that makes them.
import { createServer } from 'node:http';

/**
 * `GET /anything` answers 200 for a good token and 401 for any other; `/fails` answers 500.
 * `POST /token` exchanges a refresh token, which goes on being good, for a new access token.
 * A group that needs more answers a path itself: `api.answer('/files', (request, response) => …)`.
 */
export async function startLoopback(secrets) {
  const api = {
    /** What the API received, in order: `{method, url, token, headers, body}`. */
    requests: [],
    /** Tokens that the API accepts. */
    good: new Set(),
    /** Access tokens that the token endpoint has made. */
    issued: [],
  };
  const answers = [];
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => receive({ api, answers, secrets }, request, response, Buffer.concat(chunks)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ...api,
    url: `http://127.0.0.1:${server.address().port}`,
    to: (path) => api.requests.filter(({ url }) => url.startsWith(path)),
    /** The tokens with which a path was called. */
    sent: (path) => api.requests.filter(({ url }) => url.startsWith(path)).map(({ token }) => token),
    /** @param answer `({method, url, token, headers, body}, response) => …`, for every path that begins so */
    answer: (path, answer) => void answers.unshift({ path, answer }),
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))),
  };
}

function receive({ api, answers, secrets }, { method, url, headers }, response, bytes) {
  const send = (status, value) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  const body = bytes.toString();
  if (url === '/token') return send(200, refresh(new URLSearchParams(body), api, secrets));
  const token = headers['x-api-key'] ?? headers.authorization?.replace(/^Bearer /, '');
  const received = { method, url, token, headers, body, bytes };
  api.requests.push(received);
  const own = answers.find(({ path }) => url.startsWith(path));
  if (own) return own.answer(received, response);
  if (url.startsWith('/fails')) return send(500, { message: 'failed on purpose' });
  return api.good.has(token) ? send(200, { ok: true, url }) : send(401, { message: 'unknown token' });
}

function refresh(form, { good, issued }, secrets) {
  const refreshToken = form.get('refresh_token');
  const accessToken = secrets.make(refreshToken.replace(/-refresh-\w+$/, '-renewed'));
  issued.push(accessToken);
  good.add(accessToken);
  return { access_token: accessToken, refresh_token: refreshToken, token_type: 'Bearer', expires_in: 3600 };
}
