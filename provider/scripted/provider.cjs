'use strict';
// An OAuth provider on loopback that does as it is told: real HTTP, a memory of tokens, any misbehaviour, and a journal of what it did.
const { once } = require('node:events');
const { createServer } = require('node:http');
const { text } = require('node:stream/consumers');
const { setTimeout: delay } = require('node:timers/promises');
const { decide, readRequest, TOKEN_PATHS, written } = require('./answers.cjs');
const { answerControl, createCommands, PREFIX } = require('./control.cjs');
const { nameOfFault, playFault, send } = require('./faults.cjs');
const { createJournal } = require('./journal.cjs');
const { DEFAULT_BEHAVIOUR, MODES } = require('./modes.cjs');
const { PAGES, sendJson } = require('./pages.cjs');
const { seeded } = require('./random.cjs');
const { CANARY, createTokenBook, nameOf } = require('./token-book.cjs');

/** See provider.d.cts. */
async function startScriptedProvider(options = {}) {
  const { host = '127.0.0.1', port = 0, clientId = 'provider-app', now: given = Date.now, seed = 1 } = options;
  const { onCall = () => undefined, onRevocation = () => undefined } = options;
  const clientSecrets = options.clientSecrets ?? [`${CANARY}-client-secret-1`, `${CANARY}-client-secret-2`];
  const clock = { offsetMs: 0, now: () => given() + clock.offsetMs };
  const script = { clientId, queued: [], standing: null, latencyMs: [0], granted: 0 };
  const random = seeded(seed);
  const between = (min, max = min) => Math.round(min + random() * (max - min));
  const book = createTokenBook(clock.now);
  const apps = new Map([[clientId, clientSecrets]]);
  const journal = createJournal(clock.now);

  const nextFault = () => {
    if (script.queued.length > 0) return script.queued.shift();
    const { fault = null, share = 1 } = script.standing ?? {};
    // Drawn for every request, so that the same seed meets the same requests in any weather.
    return random() < share ? fault : null;
  };

  async function token(request, response) {
    const body = await text(request);
    const asked = readRequest(book, request, body);
    const fault = nextFault();
    const entry = journal.begin(request, response);
    const about = { grant: asked.grant, clientId: asked.client.clientId, consent: asked.consent?.id ?? null };
    Object.assign(entry, { ...about, token: nameOf(asked.token), fault: fault && nameOfFault(fault) });
    onCall({ request, asked, at: entry.at });
    const proper = () => {
      const decision = decide(book, apps, asked);
      journal.decide(entry, decision);
      if (decision.decided === 'granted') script.granted += 1;
      return written(decision, book.behaviourOf(asked.client.clientId, decision.consent ?? asked.consent), origin);
    };
    if (fault !== 'reset') await waited(between(...script.latencyMs));
    if (fault !== null) return playFault(fault, { request, response, proper, between });
    const answer = proper();
    await waited(asked.behaviour.delayMs);
    send(response, answer);
  }

  async function answer(request, response) {
    const url = new URL(request.url, 'http://provider');
    if (TOKEN_PATHS.includes(url.pathname)) return token(request, response);
    if (url.pathname.startsWith(PREFIX)) return answerControl(commands, request, response, url.pathname);
    const page = PAGES[url.pathname];
    return page === undefined
      ? sendJson(response, 404, { error: 'not_found' })
      : page({ book, apps, onRevocation, origin, request, response, url });
  }

  const server = createServer((request, response) => {
    // Its sender may have died in the middle.
    answer(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  server.listen(port, host, 4_096);
  await once(server, 'listening');
  const origin = `http://${host}:${server.address().port}`;
  const listening = () => ({ url: origin, tokenUrl: `${origin}/token` });
  const commands = createCommands({ book, apps, script, journal, clock, listening });
  return {
    ...{
      ...listening(),
      renewalUrl: `${origin.replace('127.0.0.1', 'localhost')}/renew`,
      apiUrl: `${origin}/api/me`,
      revocationUrl: `${origin}/revoke`,
      clientId,
      clientSecrets,
      commands,
      journal: journal.entries,
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const waited = async (ms) => {
  if (ms > 0) await delay(ms);
};

module.exports = { startScriptedProvider, CANARY, DEFAULT_BEHAVIOUR, MODES, nameOf };
