'use strict';
// What each grant makes of the tokens: one entry each, with where and how it is asked for. No HTTP here.
const { createHash } = require('node:crypto');

/** Meta's long-lived tokens. */
const SIXTY_DAYS_SECONDS = 5_183_944;

/**
 * path: where it is asked for, unless the behaviour says otherwise. method: null, any. open: the client needs no secret.
 * answer(book, parameters, client id) → { decided, status, fields, token, consent, given } (see provider.cjs).
 */
const GRANTS = {
  authorization_code: { path: '/token', answer: exchangeCode },
  refresh_token: { path: '/token', answer: refresh },
  client_credentials: { path: '/token', answer: grantToClient },
  fb_exchange_token: { path: '/oauth/access_token', method: 'GET', answer: exchange('fb_exchange_token') },
  ig_exchange_token: { path: '/access_token', method: 'GET', secretOnly: true, answer: exchange('access_token') },
  th_exchange_token: { path: '/access_token', method: 'GET', secretOnly: true, answer: exchange('access_token') },
  ig_refresh_token: { path: '/refresh_access_token', method: 'GET', open: true, answer: prolong },
  th_refresh_token: { path: '/refresh_access_token', method: 'GET', open: true, answer: prolong },
};

/** What providers with a parameter of their own call the grants. */
const ALIASES = { type: { web_server: 'authorization_code', refresh: 'refresh_token' } };

/** @returns {string} the grant that is asked for, by its standard name; '' where it is not said as this provider wants it said */
function grantNamed(parameters, { grantParam }) {
  const said = parameters.get(grantParam) ?? '';
  return grantParam === 'grant_type' ? said : (ALIASES[grantParam]?.[said] ?? '');
}

const refused = (decided, status, fields, more = {}) => ({ decided, status, fields, given: null, ...more });

function refusedGrant(behaviour, more) {
  const { refusal, refusalStatus } = behaviour;
  return refused('invalid_grant', refusalStatus, refusal, more);
}

function refresh(book, parameters, clientId) {
  const token = parameters.get('refresh_token') ?? '';
  const known = book.refreshToken(token);
  const consent = known?.consent ?? null;
  const behaviour = book.behaviourOf(clientId, consent);
  const about = { token, consent };
  const foreign = consent !== null && consent.clientId !== null && consent.clientId !== clientId;
  if (known === undefined || foreign || book.isOver(consent)) return refusedGrant(behaviour, about);
  if (book.isWorn(known)) {
    if (behaviour.reuseEndsConsent) book.end(consent);
    return refusedGrant(behaviour, about);
  }
  consent.usedAt = book.now();
  if (behaviour.refreshKillsAccessToken) book.endAccessTokens(consent);
  return { ...granted(book, consent, behaviour, renewed(book, known, behaviour)), ...about };
}

/** The refresh token to give and how it stands in the answer. */
function renewed(book, known, { rotation, unrotated }) {
  if (rotation === 'none')
    return { token: null, shown: { absent: undefined, null: null, empty: '', same: known.token }[unrotated] };
  known.usedAt ??= book.now();
  const token = book.addRefreshToken(known.consent);
  return { token, shown: token };
}

function exchangeCode(book, parameters, clientId) {
  const known = book.takeCode(parameters.get('code') ?? '');
  const behaviour = book.behaviourOf(clientId, null);
  const verifier = parameters.get('code_verifier');
  // A verifier for a request without a challenge is what a downgrade looks like (RFC 9700 section 4.8.2).
  const verified = (verifier === null ? null : s256(verifier)) === known?.challenge;
  if (known === undefined || !verified) return refusedGrant(behaviour, { token: null, consent: null });
  const first = book.isFirstConsent(clientId, known.account);
  const consent = book.addConsent({ ...known, clientId });
  const without = behaviour.refreshTokenFor === 'first-consent' && !first;
  const token = without ? null : book.addRefreshToken(consent);
  return { ...granted(book, consent, behaviour, { token, shown: token ?? undefined }), token: null, consent };
}

function grantToClient(book, parameters, clientId) {
  const scopes = (parameters.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
  const consent = book.addConsent({ clientId, scopes });
  const answer = granted(book, consent, book.behaviourOf(clientId, consent), { token: null, shown: undefined });
  return { ...answer, token: null, consent };
}

function granted(book, consent, behaviour, { token, shown }) {
  const access = accessTokenFor(book, consent, behaviour);
  const { scopes } = consent;
  const fields = {
    access_token: access.token,
    token_type: 'bearer',
    expires_in: access.old ? Math.ceil((access.expiresAt - book.now()) / 1_000) : behaviour.expiresIn,
    refresh_token: shown,
    scope: scopes.length > 0 ? scopes.join(' ') : undefined,
    ...behaviour.extra,
  };
  return { decided: 'granted', status: 200, fields, given: { access: access.token, refresh: token } };
}

/** As at providers that hand out the same token until it has expired. */
function accessTokenFor(book, consent, { accessToken }) {
  const issued = accessToken === 'new' ? [] : consent.tokens.map(book.accessToken);
  const known = issued.findLast((each) => each?.expiresAt && book.isAlive(each));
  return known === undefined ? { token: book.addAccessToken(consent), old: false } : { ...known, old: true };
}

/** A living token for one that lives for sixty days. */
function exchange(parameter) {
  return (book, parameters, clientId) => longLived(book, parameters.get(parameter) ?? '', 0, clientId);
}

function prolong(book, parameters) {
  const token = parameters.get('access_token') ?? '';
  const { minAgeMs } = book.behaviourOf(null, book.accessToken(token)?.consent ?? null);
  return longLived(book, token, minAgeMs, null);
}

function longLived(book, token, minAgeMs, clientId) {
  const known = book.accessToken(token);
  const about = { token, consent: known?.consent ?? null };
  const dead = known === undefined || !book.isAlive(known) || book.isOver(known.consent);
  const foreign = clientId !== null && about.consent?.clientId != null && about.consent.clientId !== clientId;
  if (dead || foreign) return metaError(190, 'Error validating access token: it is not valid any more.', about);
  if (book.now() - known.issuedAt < minAgeMs)
    return metaError(10, 'The access token is not old enough to be refreshed.', about);
  const access = book.addAccessToken(known.consent, SIXTY_DAYS_SECONDS * 1_000);
  const fields = { access_token: access, token_type: 'bearer', expires_in: SIXTY_DAYS_SECONDS };
  return { decided: 'granted', status: 200, fields, given: { access, refresh: null }, ...about };
}

const metaError = (code, message, about) =>
  refused('invalid_grant', 400, { error: { message, type: 'OAuthException', code } }, about);

const s256 = (verifier) => createHash('sha256').update(verifier).digest('base64url');

module.exports = { GRANTS, grantNamed, refused, refusedGrant };
