'use strict';
// What is at a provider beside its token endpoint: consent, revocation, introspection and an API.
const { text } = require('node:stream/consumers');
const { send } = require('./faults.cjs');
const { clientOf, parametersOf } = require('./requests.cjs');

const REDIRECTS = { 'cache-control': 'no-store' };

/** By path; each gets { book, apps, onRevocation, origin, request, response, url }. */
const PAGES = {
  '/authorize': authorize,
  '/introspect': async ({ book, request, response }) => {
    const token = new URLSearchParams(await text(request)).get('token') ?? '';
    const active = book.isLiveAccessToken(token) || book.isLiveRefreshToken(token);
    sendJson(response, 200, {
      active,
      ...(active ? { consent: (book.accessToken(token) ?? book.refreshToken(token)).consent.id } : {}),
    });
  },
  // RFC 7009: 200 whether or not there was such a token; the grant goes with its refresh token.
  '/revoke': async ({ book, apps, onRevocation, request, response }) => {
    const { parameters } = parametersOf(request, await text(request));
    const client = clientOf(request, parameters);
    onRevocation({ request, asked: { parameters, client }, at: book.now() });
    const secrets = apps.get(client.clientId) ?? [];
    if (!secrets.includes(client.clientSecret)) return sendJson(response, 401, { error: 'invalid_client' });
    const token = parameters.get('token') ?? '';
    const known = book.refreshToken(token);
    if (known === undefined) book.endToken(token);
    else book.end(known.consent);
    sendJson(response, 200, {});
  },
  '/api/me': ({ book, request, response }) => {
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!book.isLiveAccessToken(bearer)) return sendJson(response, 401, { error: 'invalid_token' });
    const { id, account } = book.accessToken(bearer).consent;
    sendJson(response, 200, { consent: id, ...(account === null ? {} : { account }) });
  },
};

/** Whoever comes here consents, as `login_hint` or as nobody in particular, and is sent back. */
function authorize({ book, origin, response, url: { searchParams } }) {
  const clientId = searchParams.get('client_id');
  const scopes = (searchParams.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
  const redirectUri = searchParams.get('redirect_uri') ?? '';
  if (!URL.canParse(redirectUri)) return sendJson(response, 400, { error: 'invalid_request' });
  const facts = {
    clientId,
    scopes,
    challenge: searchParams.get('code_challenge'),
    account: searchParams.get('login_hint'),
  };
  const back = new URL(redirectUri);
  back.searchParams.set('code', book.addCode(facts));
  if (searchParams.has('state')) back.searchParams.set('state', searchParams.get('state'));
  for (const [name, value] of Object.entries(book.behaviourOf(clientId, null).redirectExtra))
    back.searchParams.set(name, value === '{origin}' ? origin : value);
  response.writeHead(302, { ...REDIRECTS, location: back.href }).end();
}

function sendJson(response, status, body) {
  send(response, { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

module.exports = { PAGES, sendJson };
