'use strict';
// The provider's memory: who consented to what, and what each token is worth now. No HTTP here.
const { createHash, randomBytes } = require('node:crypto');
const { DEFAULT_BEHAVIOUR, MODES } = require('./modes.cjs');

/** Every secret that the provider makes up begins so: a search for it finds all leaks. */
const CANARY = 'otbcanary';

/** `now` gives the provider's time in milliseconds since the epoch. */
function createTokenBook(now) {
  const consents = new Map();
  const refresh = new Map();
  const access = new Map();
  const codes = new Map();
  const consentedBefore = new Set();
  const behaviours = { common: {}, apps: new Map() };
  let serial = 0;

  const mint = (kind) => `${CANARY}-${kind}-${(serial += 1)}-${randomBytes(12).toString('hex')}`;
  const behaviourOf = (clientId, consent) => ({
    ...DEFAULT_BEHAVIOUR,
    ...behaviours.common,
    ...behaviours.apps.get(clientId),
    ...consent?.behaviour,
  });
  const behaviourOfConsent = (consent) => behaviourOf(consent.clientId, consent);

  const addConsent = ({ clientId = null, scopes = [], account = null, behaviour = {} } = {}) => {
    const consent = { id: mint('consent'), clientId, scopes, account, behaviour: resolved(behaviour) };
    Object.assign(consent, { startedAt: now(), usedAt: now(), ended: false, tokens: [] });
    consents.set(consent.id, consent);
    return consent;
  };
  const addRefreshToken = (consent) => {
    const token = mint('rt');
    refresh.set(token, { token, consent, usedAt: null, successor: null });
    consent.tokens.push(token);
    return token;
  };
  const addAccessToken = (consent, lifetimeMs = lifetimeOf(behaviourOfConsent(consent).expiresIn)) => {
    const token = mint('at');
    access.set(token, { token, consent, issuedAt: now(), expiresAt: lifetimeMs === null ? null : now() + lifetimeMs });
    consent.tokens.push(token);
    return token;
  };

  const end = (consent) => {
    consent.ended = true;
    for (const token of consent.tokens.splice(0)) {
      refresh.delete(token);
      access.delete(token);
    }
  };
  const isOver = (consent) => {
    const { absoluteMs, idleMs } = behaviourOfConsent(consent);
    const over = (since, limitMs) => limitMs !== null && now() - since >= limitMs;
    return consent.ended || over(consent.startedAt, absoluteMs) || over(consent.usedAt, idleMs);
  };
  const isWorn = ({ consent, usedAt }) => {
    const { rotation, graceMs } = behaviourOfConsent(consent);
    return usedAt !== null && rotation !== 'none' && !(rotation === 'grace' && now() - usedAt <= graceMs);
  };
  const isAlive = ({ expiresAt, consent }) => !consent.ended && (expiresAt === null || now() < expiresAt);

  return {
    ...{
      now,
      addConsent,
      addRefreshToken,
      addAccessToken,
      behaviourOf,
      behaviourOfConsent,
      end,
      isOver,
      isWorn,
      isAlive,
      mint,
    },
    behave: (change, { clientId, consent } = {}) => {
      const part = resolved(change);
      if (consent !== undefined) Object.assign(consents.get(consent).behaviour, part);
      else if (clientId !== undefined) behaviours.apps.set(clientId, { ...behaviours.apps.get(clientId), ...part });
      else behaviours.common = { ...behaviours.common, ...part };
    },
    forgetBehaviours: () => {
      behaviours.common = {};
      behaviours.apps.clear();
      for (const consent of consents.values()) consent.behaviour = {};
    },
    addCode: (facts) => {
      const code = mint('code');
      codes.set(code, facts);
      return code;
    },
    /** A code is good for one look. */
    takeCode: (code) => {
      const facts = codes.get(code);
      codes.delete(code);
      return facts;
    },
    /** Whether it is this account's first consent to the app. Nobody in particular always comes for the first time. */
    isFirstConsent: (clientId, account) => {
      const key = `${clientId} ${account}`;
      const first = account === null || !consentedBefore.has(key);
      consentedBefore.add(key);
      return first;
    },
    consent: (id) => consents.get(id),
    refreshToken: (token) => refresh.get(token),
    accessToken: (token) => access.get(token),
    endToken: (token) => refresh.delete(token) || access.delete(token),
    endAccessTokens: (consent) => {
      for (const [token, known] of access) if (consent === undefined || known.consent === consent) access.delete(token);
    },
    isLiveRefreshToken: (token) => {
      const known = refresh.get(token);
      return known !== undefined && !isOver(known.consent) && !isWorn(known);
    },
    isLiveAccessToken: (token) => access.has(token) && isAlive(access.get(token)),
  };
}

/** A mode's name, a list of names and changes, or a change. Throws on a name that is none. */
function resolved(change) {
  if (Array.isArray(change)) return Object.assign({}, ...change.map(resolved));
  if (typeof change !== 'string') return { ...change };
  if (!Object.hasOwn(MODES, change)) throw new Error(`no mode is called ${change}`);
  return { ...MODES[change] };
}

/** What a token may be called where nobody must be able to use it: by its number, or by its hash where it is not one of ours. */
function nameOf(token) {
  if (token === null || token === undefined) return null;
  const [, name] = new RegExp(`^${CANARY}-(\\w+-\\d+)-[0-9a-f]{24}$`).exec(token) ?? [];
  return name ?? `sha256:${createHash('sha256').update(token).digest('hex').slice(0, 16)}`;
}

const LONGEST_SECONDS = 1e9;
/** How long the provider itself takes an access token: as long as it says; null: for ever, where it says nothing that makes sense. */
function lifetimeOf(expiresIn) {
  const seconds = Number(expiresIn ?? 0);
  return seconds > 0 && seconds < LONGEST_SECONDS ? seconds * 1_000 : null;
}

module.exports = { CANARY, createTokenBook, nameOf };
