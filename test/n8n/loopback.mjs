// The outside world: an API that knows which tokens are good, and the token endpoint that makes them.
import { createServer } from 'node:http';

/**
 * `GET /anything` answers 200 for a good token and 401 for any other; `/fails` answers 500.
 * `POST /token` exchanges refresh token `refresh-x` for a new access token of the same name.
 */
export async function startLoopback() {
  const requests = [];
  const good = new Set();
  const issued = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      const answer = (status, value) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
      };
      if (url === '/token') return answer(200, refresh(new URLSearchParams(body), good, issued));
      const token = headers['x-api-key'] ?? headers.authorization?.replace(/^Bearer /, '');
      requests.push({ method, url, token, headers, body });
      if (url.startsWith('/fails')) return answer(500, { message: 'failed on purpose' });
      return good.has(token) ? answer(200, { ok: true, url }) : answer(401, { message: 'unknown token' });
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** What the API received, in order. */
    requests,
    /** Tokens that the API accepts. */
    good,
    /** Access tokens that the token endpoint has made. */
    issued,
    to: (path) => requests.filter(({ url }) => url.startsWith(path)),
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))),
  };
}

function refresh(form, good, issued) {
  const refreshToken = form.get('refresh_token');
  const accessToken = `${refreshToken}-access-${issued.length + 1}`;
  issued.push(accessToken);
  good.add(accessToken);
  return { access_token: accessToken, refresh_token: refreshToken, token_type: 'Bearer', expires_in: 3600 };
}
