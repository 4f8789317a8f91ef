// What the tokens are good for: an API that wants them, and one that wants a key.
import { claimsOf } from './accounts.mjs';

const KEY_PREFIX = 'demo-key-';

/** GET /api/me answers who a live access token belongs to, GET /api/key-check whether a key is good; 401 otherwise. */
export function api({ provider }) {
  const answers = {
    '/api/me': async (request) => {
      const token = await provider.AccessToken.find(bearer(request) ?? '');
      if (!token?.isValid) return null;
      const { name, email } = claimsOf(token.accountId);
      return { id: token.accountId, name, email, scopes: token.scope?.split(' ') ?? [], expiresIn: token.remainingTTL };
    },
    '/api/key-check': async (request) =>
      keysIn(request).some((key) => key.startsWith(KEY_PREFIX)) ? { ok: true } : null,
  };
  return async (request, response, url) => {
    const answer = answers[url.pathname];
    if (answer === undefined) return false;
    const body = await answer(request);
    response.writeHead(body === null ? 401 : 200, {
      'content-type': 'application/json',
      ...(body === null ? { 'www-authenticate': 'Bearer' } : {}),
    });
    response.end(`${JSON.stringify(body ?? { error: 'unauthorized' })}\n`);
    return true;
  };
}

/** A key may come as a bearer token, in X-Api-Key, or as the password of Basic. */
function keysIn(request) {
  const [, basic = ''] = /^Basic (\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  const password = Buffer.from(basic, 'base64').toString().split(':').slice(1).join(':');
  return [bearer(request), request.headers['x-api-key'], password].filter((key) => typeof key === 'string');
}

function bearer(request) {
  return /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}
