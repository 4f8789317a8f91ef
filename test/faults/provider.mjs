// An OAuth provider in a process of its own: tokens with a memory, any weather, and a journal of all that arrived and what became of it.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { serveParent } from '../../bench/parent.mjs';
import { between, seeded } from './random.mjs';
import { createTokenBook } from './token-book.mjs';

const EXPIRES_IN_SECONDS = 20;
const LATENCY_MS = [10, 60];
const SLOW_MS = [100, 3_000];
/** In bad weather that share of the calls is hit. */
const HIT = 0.25;

serveParent(async ({ seed }) => {
  const random = seeded(seed);
  const book = createTokenBook(Date.now);
  const journal = [];
  let weather = 'calm';
  let granted = 0;

  const server = createServer((request, response) => {
    void text(request).then(
      (body) => answer(new URLSearchParams(body).get('refresh_token') ?? '', request, response),
      () => undefined, // its sender died
    );
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', 4_096);
  await once(server, 'listening');

  async function answer(token, request, response) {
    const fault = random() < HIT ? weather : 'calm';
    const call = { at: Date.now(), consent: book.consentOf(token), token, fault, given: null, granted: false };
    Object.assign(call, { mode: book.modeOf(token), answeredAt: null, closedAt: null });
    journal.push(call);
    response.once('close', () => (call.closedAt = Date.now()));
    if (fault === 'drop') return void request.socket.resetAndDestroy();
    await delay(between(random, ...LATENCY_MS));
    if (fault === 'down') return send(response, 503, { error: 'temporarily_unavailable' });
    const tokens = book.redeem(token);
    if (tokens !== null) {
      Object.assign(call, { granted: true, given: tokens.refreshToken });
      granted += 1;
    }
    if (fault === 'cut') return void request.socket.resetAndDestroy();
    if (fault === 'hang') return;
    if (fault === 'slow') await delay(between(random, ...SLOW_MS));
    if (fault === 'gateway') return send(response, 502, { message: 'bad gateway' });
    response.once('finish', () => (call.answeredAt = Date.now()));
    send(response, ...properly(tokens));
  }

  return {
    ready: { origin: `http://127.0.0.1:${server.address().port}` },
    commands: {
      begin: (consents) => consents.map(({ mode, consent }) => book.begin(mode, consent)),
      weather: (kind) => void (weather = kind),
      granted: () => granted,
      journal: () => journal,
      judge: (stored) =>
        stored.map(({ accessToken, refreshToken }) => ({
          live: book.isLive(refreshToken),
          refreshConsent: book.consentOf(refreshToken),
          accessConsent: book.accessConsentOf(accessToken),
        })),
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
});

function properly(tokens) {
  if (tokens === null) return [400, { error: 'invalid_grant' }];
  const { accessToken, refreshToken } = tokens;
  const rotated = refreshToken === null ? {} : { refresh_token: refreshToken };
  return [200, { access_token: accessToken, token_type: 'bearer', expires_in: EXPIRES_IN_SECONDS, ...rotated }];
}

function send(response, status, fields) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(fields));
}
