import { once } from 'node:events';
import { setImmediate as immediate, setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createOutbound } from '../../src/outbound/outbound';
import type { TokenFailure } from '../../src/providers/token-outcome';
import { requestToken } from '../../src/providers/token-endpoint';
import { startProvider, type Fault, type Provider } from '../support/provider';
import { until } from '../support/until';
import { tokenCall } from './token-call';

const TIMEOUT_MS = 400;
const outbound = createOutbound({ allowPrivate: 'loopback', privateHosts: [] });
let provider: Provider;

beforeAll(async () => {
  provider = await startProvider();
});
afterEach(() => {
  provider.reset();
});
afterAll(async () => {
  outbound.close();
  await provider.close();
});

const refresh = (change: Parameters<typeof tokenCall>[2] = {}) => requestToken(tokenCall(provider, outbound, change));

describe('a provider that answers badly', () => {
  const outcomes: [Fault, Partial<TokenFailure>][] = [
    ['hang', { class: 'transient', code: 'timeout', httpStatus: null, sent: true, uncertain: true }],
    ['process-then-hang', { class: 'transient', code: 'timeout', httpStatus: null, sent: true, uncertain: true }],
    ['reset', { class: 'transient', code: 'connection_reset', httpStatus: null, sent: true, uncertain: true }],
    [
      'process-then-reset',
      { class: 'transient', code: 'connection_reset', httpStatus: null, sent: true, uncertain: true },
    ],
    ['process-then-truncate', { class: 'transient', code: 'truncated', httpStatus: 200, sent: true, uncertain: true }],
    ['slow-drip', { class: 'transient', code: 'timeout', httpStatus: 200, sent: true, uncertain: true }],
    ['oversized', { class: 'malformed', code: 'oversized', httpStatus: 200, sent: true, uncertain: true }],
    ['gzip-bomb', { class: 'malformed', code: 'encoded', httpStatus: 200, sent: true, uncertain: true }],
    ['not-http', { class: 'malformed', code: 'not_http', httpStatus: null, sent: true, uncertain: true }],
  ];
  it.each(outcomes)('%s ends in its class within the time limit', async (fault, expected) => {
    provider.next(fault);
    // Only what ends by the time limit is held to a short one: a busy machine must not turn another end into that.
    const timeoutMs = expected.code === 'timeout' ? TIMEOUT_MS : 10 * TIMEOUT_MS;
    const outcome = await refresh({ timeoutMs });
    expect(outcome).toMatchObject(expected);
    expect(outcome.durationMs).toBeLessThan(timeoutMs + 1_000);
    expect(provider.calls).toHaveLength(1);
  });

  it('an endless body is cut off, and its connection with it', async () => {
    provider.next('oversized');
    const before = process.memoryUsage().arrayBuffers;
    await refresh();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024);
  });

  it('502 and 504 leave open whether the provider saw the request, 500 and 503 do not', async () => {
    const uncertain: boolean[] = [];
    for (const status of [500, 502, 503, 504]) {
      provider.next({ status });
      const outcome = await refresh();
      uncertain.push(outcome.class === 'transient' && outcome.uncertain);
    }
    expect(uncertain).toEqual([false, true, false, true]);
  });

  it('a redirect is malformed and not followed, even with a token in it', async () => {
    const elsewhere = await startProvider();
    provider.next({ status: 307, headers: { location: elsewhere.tokenUrl }, body: { access_token: 'x' } });
    expect(await refresh()).toMatchObject({ class: 'malformed', code: 'redirect', httpStatus: 307, uncertain: false });
    expect(elsewhere.calls).toHaveLength(0);
    await elsewhere.close();
  });

  it('a late answer to a request that was cut off changes nothing and throws nothing', async () => {
    provider.next({ delayMs: 150 });
    expect(await refresh({ timeoutMs: 50 })).toMatchObject({ class: 'transient', code: 'timeout', uncertain: true });
    await delay(200);
    expect(await refresh()).toMatchObject({ class: 'granted' });
  });
});

describe('a request that never left', () => {
  it('says so when nobody listens', async () => {
    const gone = await startProvider();
    await gone.close();
    const outcome = await refresh({ endpoint: { tokenUrl: gone.tokenUrl } });
    expect(outcome).toMatchObject({ class: 'transient', code: 'connection_refused', sent: false, uncertain: false });
  });

  it('says so when the name does not resolve', async () => {
    const outcome = await refresh({ endpoint: { tokenUrl: 'https://nowhere.invalid/token' } });
    expect(outcome).toMatchObject({ class: 'transient', code: 'dns', sent: false, uncertain: false });
  });

  it('says so when the destination is refused', async () => {
    const strict = createOutbound({ allowPrivate: false, privateHosts: [] });
    const outcome = await requestToken({ ...tokenCall(provider, outbound), agents: strict.agents });
    expect(outcome).toMatchObject({ class: 'transient', code: 'outbound_refused', sent: false, uncertain: false });
    expect(provider.calls).toHaveLength(0);
  });

  it('says so when the time is over before a connection stands', async () => {
    const stuck = createOutbound({ allowPrivate: 'loopback', privateHosts: [] }, () => new Promise(() => undefined));
    const tokenUrl = provider.tokenUrl.replace('127.0.0.1', 'localhost');
    const outcome = await requestToken({ ...tokenCall(provider, stuck, { endpoint: { tokenUrl } }), timeoutMs: 50 });
    expect(outcome).toMatchObject({ class: 'transient', code: 'timeout', sent: false, uncertain: false });
  });

  it('says so when the client secret could not be sent at all', async () => {
    const outcome = await refresh({ client: { id: 'app', secret: 'pass\nword' } });
    expect(outcome).toMatchObject({ class: 'app', code: 'client_configuration', sent: false, uncertain: false });
    expect(JSON.stringify(outcome)).not.toContain('pass');
    expect(provider.calls).toHaveLength(0);
  });

  it.each(['', 'not a url', '/token', 'ftp://provider.example/token', 'http://'])(
    'says so for the token URL %j',
    async (tokenUrl) => {
      const outcome = await refresh({ endpoint: { tokenUrl } });
      expect(outcome).toMatchObject({ class: 'app', code: 'client_configuration', sent: false, uncertain: false });
    },
  );
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 10, 20, 10);
  const waits: [string, number | null][] = [
    ['120', 120_000],
    ['0', 0],
    [new Date(now + 90_000).toUTCString(), 90_000],
    [new Date(now - 90_000).toUTCString(), 0],
    ['99999999999999999999', 3_600_000],
    [new Date(now + 10 * 365 * 86_400_000).toUTCString(), 3_600_000],
    ['soon', null],
    ['-5', null],
    ['1.5', null],
    ['', null],
  ];
  it.each(waits)('%j is honoured, capped or ignored', async (header, expected) => {
    provider.next({ status: 429, headers: { 'retry-after': header } });
    expect(await refresh({ now: () => now })).toMatchObject({
      class: 'throttled',
      code: 'http_429',
      retryAfterMs: expected,
    });
  });
});

/** A provider on a thread of its own, which goes on while ours stands still: it says when the request is there, and answers after that. */
const PROVIDER_ON_A_THREAD = `
  const { workerData, parentPort } = require('node:worker_threads');
  const server = require('node:http').createServer((request, response) => {
    request.resume().once('end', () => {
      Atomics.store(workerData, 0, 1);
      response.setHeader('content-type', 'application/json');
      setTimeout(() => response.end(JSON.stringify({ access_token: 'arrived', expires_in: 60 })), 20);
    });
  }).listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`;

const threads: Worker[] = [];
afterAll(() => Promise.all(threads.map((thread) => thread.terminate())));

it('an answer that arrived while the process stood still, beyond the time limit, is read', async () => {
  const received = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Worker(PROVIDER_ON_A_THREAD, { eval: true, workerData: received });
  threads.push(thread);
  const [port] = (await once(thread, 'message')) as [number];
  const answer = refresh({ timeoutMs: TIMEOUT_MS, endpoint: { tokenUrl: `http://127.0.0.1:${port}/token` } });
  await until('the request has arrived', () => Atomics.load(received, 0) === 1);
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  await immediate(); // timers come next, before what has arrived is read: as after SIGSTOP and SIGCONT
  Atomics.wait(nothing, 0, 0, 2 * TIMEOUT_MS); // as a frozen process does
  expect(await answer).toMatchObject({ class: 'granted', accessToken: 'arrived' });
});
