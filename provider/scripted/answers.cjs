'use strict';
// From a request for tokens to the answer that would be right: who asks, is he allowed to, what does the grant say.
const { clientOf, parametersOf } = require('./requests.cjs');
const { GRANTS, grantNamed, refused } = require('./grants.cjs');

const TOKEN_PATHS = ['/token', '/renew', ...new Set(Object.values(GRANTS).map(({ path }) => path))];
const REFRESH_PATHS = { any: ['/token', '/renew'], '/token': ['/token'], '/renew': ['/renew'] };

/** What a request asks for. Nothing is decided yet. */
function readRequest(book, request, body) {
  const { parameters, kind } = parametersOf(request, body);
  const client = clientOf(request, parameters);
  const token =
    ['refresh_token', 'access_token', 'fb_exchange_token'].map((name) => parameters.get(name)).find(Boolean) ?? null;
  const consent = (book.refreshToken(token) ?? book.accessToken(token))?.consent ?? null;
  const behaviour = book.behaviourOf(client.clientId, consent);
  const { pathname } = new URL(request.url, 'http://provider');
  const grant = grantNamed(parameters, behaviour);
  return { method: request.method, pathname, kind, parameters, client, token, consent, behaviour, grant };
}

/** Moves the tokens. @returns decided, status, headers, fields, and token, consent, given where there are any (see Entry in provider.d.cts) */
function decide(book, apps, asked) {
  const { parameters, client, consent, behaviour } = asked;
  const wrong = wrongWithForm(asked) ?? wrongWithClient(apps, asked);
  if (wrong !== null) return wrong;
  const waitMs = waitOf(consent, behaviour, book.now());
  if (waitMs > 0) return throttled(behaviour, waitMs, book.now());
  return GRANTS[asked.grant].answer(book, parameters, client.clientId);
}

function wrongWithForm({ grant, pathname, method, kind, behaviour }) {
  const known = GRANTS[grant];
  const paths = grant === 'refresh_token' ? REFRESH_PATHS[behaviour.refreshPath] : [known?.path];
  if (known === undefined || !paths.includes(pathname)) return error(400, 'unsupported_grant_type');
  const kindIsWrong = known.method !== 'GET' && behaviour.requestFormat !== 'any' && behaviour.requestFormat !== kind;
  return method !== (known.method ?? 'POST') || kindIsWrong ? error(400, 'invalid_request') : null;
}

function wrongWithClient(apps, { grant, client, parameters, behaviour }) {
  const { open = false, secretOnly = false } = GRANTS[grant];
  if (open) return null;
  const { clientSecret, by } = client;
  const id = by === 'header' ? client.clientId : parameters.get(behaviour.clientIdParam);
  const known = secretOnly ? [...apps.values()].flat() : (apps.get(id) ?? []);
  const allowed = behaviour.clientAuth === 'any' || behaviour.clientAuth === by;
  return allowed && known.includes(clientSecret) ? null : error(401, 'invalid_client');
}

/** How long until this consent may call again; 0: now, and it is counted. */
function waitOf(consent, { limit }, now) {
  if (limit === null || consent === null) return 0;
  const calls = (consent.calls ?? []).filter((at) => now - at < limit.windowMs);
  consent.calls = calls;
  if (calls.length >= limit.calls) return calls[0] + limit.windowMs - now;
  calls.push(now);
  return 0;
}

function throttled({ limitAnswer: { status, headers, body } }, waitMs, now) {
  const known = { '{seconds}': String(Math.ceil(waitMs / 1_000)), '{date}': new Date(now + waitMs).toUTCString() };
  const filled = Object.entries(headers).map(([name, value]) => [name, known[value] ?? value]);
  return { ...refused('throttled', status, body), headers: Object.fromEntries(filled) };
}

const error = (status, code) => refused(code, status, { error: code });

/** As it goes over the wire. `{origin}` in an extra field is where the provider is. */
function written({ status, headers = {}, fields }, { format }, origin) {
  const filled = Object.entries(fields).map(([name, value]) => [name, value === '{origin}' ? origin : value]);
  if (format === 'json')
    return {
      status,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(Object.fromEntries(filled)),
    };
  const pairs = filled
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => [name, String(value)]);
  const body = new URLSearchParams(pairs).toString();
  return { status, headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body };
}

module.exports = { TOKEN_PATHS, readRequest, decide, written };
