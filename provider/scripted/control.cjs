'use strict';
// The provider is told what to do: by a function call in its own process, by POST /control/<command> from any other.
const { text } = require('node:stream/consumers');
const { nameOfFault } = require('./faults.cjs');
const { sendJson } = require('./pages.cjs');

const PREFIX = '/control/';

/** One entry each; takes and gives what JSON can say. See Commands in provider.d.cts. */
function createCommands({ book, apps, script, journal, clock, listening }) {
  const issue = ({ clientId = script.clientId, scopes = ['read'], account = null, mode = [] } = {}) => {
    const consent = book.addConsent({ clientId, scopes, account, behaviour: mode });
    const accessToken = book.addAccessToken(consent);
    return { consent: consent.id, accessToken, refreshToken: book.addRefreshToken(consent), scopes };
  };
  return {
    issue,
    code: ({ clientId = script.clientId, challenge = null, scopes = ['read'], account = null } = {}) =>
      book.addCode({ clientId, challenge, scopes, account }),
    app: ({ clientId, clientSecrets, mode = {} }) => {
      apps.set(clientId, clientSecrets);
      book.behave(mode, { clientId });
    },
    behave: ({ mode, clientId, consent }) => book.behave(mode, { clientId, consent }),
    next: ({ fault, times = 1 }) => {
      nameOfFault(fault);
      script.queued.push(...Array(times).fill(fault));
    },
    always: ({ fault, share = 1 }) => {
      if (fault !== null) nameOfFault(fault);
      script.standing = fault === null ? null : { fault, share };
    },
    latency: ({ ms }) => void (script.latencyMs = [ms].flat().map((each) => number('ms', each))),
    revoke: ({ consent }) => {
      if (book.consent(consent) !== undefined) book.end(book.consent(consent));
    },
    'expire-access-tokens': () => book.endAccessTokens(),
    clock: ({ advanceMs = 0, offsetMs = clock.offsetMs + advanceMs } = {}) => {
      clock.offsetMs = number('advanceMs and offsetMs', offsetMs);
      return { now: clock.now() };
    },
    journal: ({ from = 0 } = {}) => journal.entries.slice(from),
    state: () => ({ ...listening(), now: clock.now(), calls: journal.entries.length, granted: script.granted }),
    /** What stored tokens are worth. */
    judge: ({ accessToken = '', refreshToken = '' }) => ({
      refresh: {
        live: book.isLiveRefreshToken(refreshToken),
        consent: book.refreshToken(refreshToken)?.consent.id ?? null,
      },
      access: { live: book.isLiveAccessToken(accessToken), consent: book.accessToken(accessToken)?.consent.id ?? null },
    }),
    reset: () => {
      Object.assign(script, { queued: [], standing: null, latencyMs: [0] });
      book.forgetBehaviours();
    },
  };
}

/** Refused at once: what is no number would spoil every moment from then on. */
function number(name, value) {
  if (Number.isFinite(value)) return value;
  throw new TypeError(`${name} must be a number`);
}

/** POST /control/<command> with its argument as JSON, or a list of arguments: as many results. GET is enough where there is none. */
async function answerControl(commands, request, response, pathname) {
  const name = pathname.slice(PREFIX.length);
  if (!Object.hasOwn(commands, name))
    return sendJson(response, 404, { error: `commands: ${Object.keys(commands).join(', ')}` });
  try {
    const body = await text(request);
    const argument = body === '' ? {} : JSON.parse(body);
    const result = Array.isArray(argument) ? argument.map((each) => commands[name](each)) : commands[name](argument);
    sendJson(response, 200, result ?? null);
  } catch (error) {
    sendJson(response, 400, { error: error.message });
  }
}

module.exports = { PREFIX, createCommands, answerControl };
