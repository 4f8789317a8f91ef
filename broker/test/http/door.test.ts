import type { RequestListener, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { createTally } from '../../src/http/tally';
import { listen, type ListenOptions, type Listening } from '../../src/http/listen';
import { until } from '../support/until';
import { exchange, request, type RawAnswer } from '../system/raw';

interface Stage {
  url: string;
  /** Those that the handler has not answered. */
  waiting: ServerResponse[];
  answerAll(): void;
  counts: Record<string, number>;
  listening: Listening;
}

const opened: Listening[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(opened.splice(0).map((listening) => listening.close()));
});

/** A door before a handler that keeps everybody waiting whose path says so, and answers all others. */
async function stand(options: Pick<ListenOptions, 'limits' | 'timing'> = {}): Promise<Stage> {
  const waiting: ServerResponse[] = [];
  const counts: Record<string, number> = {};
  const tally = createTally((told) => {
    for (const [name, count] of Object.entries(told)) counts[name] = (counts[name] ?? 0) + count;
  });
  const handler: RequestListener = (asked, response) => {
    if (asked.url?.includes('wait') ?? false) waiting.push(response);
    else asked.resume().once('end', () => response.end('fine'));
  };
  const listening = await listen(handler, { host: '127.0.0.1', port: 0, tally, ...options });
  opened.push(listening);
  const answerAll = (): void => {
    for (const response of waiting.splice(0)) response.end('late');
  };
  return { url: `http://127.0.0.1:${listening.port}`, waiting, answerAll, counts, listening };
}

const get = ({ url }: Stage, path: string, ...headers: string[]): Promise<RawAnswer> =>
  exchange(url, request('GET', path, headers));

/** A connection that stays, and what came on it. */
function hold({ url }: Stage, bytes: string): { socket: Socket; heard(): string; closed(): boolean } {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  sockets.push(socket);
  let heard = '';
  let closed = false;
  socket.on('error', () => undefined).on('close', () => (closed = true));
  socket.on('data', (data) => (heard += data.toString('latin1')));
  socket.write(bytes);
  return { socket, heard: () => heard, closed: () => closed };
}
const asking = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: otobot\r\n\r\n`;

async function takePlaces(stage: Stage, path: string, count: number): Promise<ReturnType<typeof hold>[]> {
  const before = stage.waiting.length;
  const held = Array.from({ length: count }, () => hold(stage, asking(path)));
  await until(`${count} wait`, () => stage.waiting.length === before + count);
  return held;
}

function expectProblem({ head, body, status }: RawAnswer, wanted: number, code: string): void {
  expect(status).toBe(wanted);
  expect(head).toMatch(/^content-type: application\/problem\+json/im);
  expect(head).toMatch(/^cache-control: no-store/im);
  const told = JSON.parse(body) as Record<string, unknown>;
  expect(told).toMatchObject({ status: wanted, code, title: expect.any(String) as string });
  expect(head).toContain(String(told.requestId));
}

describe('when all places are taken', () => {
  test('the others hear 503 and when to come again, and nobody waits in memory', async () => {
    const stage = await stand({ limits: { places: 3 } });
    await takePlaces(stage, '/v1/wait', 3);
    const answer = await get(stage, '/v1/clients');
    expectProblem(answer, 503, 'overloaded');
    expect(Number(/^retry-after: (\d+)/im.exec(answer.head)?.[1])).toBeGreaterThan(0);
    expect(stage.waiting).toHaveLength(3);
    stage.answerAll();
    await until('a place is free', async () => (await get(stage, '/v1/clients')).status === 200);
  });

  test('/health and /ready are answered', async () => {
    const stage = await stand({ limits: { places: 1, openPlaces: 1 } });
    await takePlaces(stage, '/v1/wait', 1);
    await takePlaces(stage, '/connect/wait', 1);
    expect((await get(stage, '/health')).status).toBe(200);
    expect((await get(stage, '/health?x')).status).toBe(200);
    expect((await get(stage, '/ready')).status).toBe(200);
  });

  test('it is by others of the same kind: strangers take no place of those who have a key', async () => {
    const stage = await stand({ limits: { places: 2, openPlaces: 1 } });
    await takePlaces(stage, '/connect/wait', 1);
    expect((await get(stage, '/connect/x')).status).toBe(503);
    expect((await get(stage, '/no/such/path')).status).toBe(503);
    await takePlaces(stage, '/oauth2/token/wait', 1);
    expect((await get(stage, '/v1/clients')).status).toBe(200);
  });

  test('whoever hangs up leaves his place when his work is done, not before', async () => {
    const stage = await stand({ limits: { places: 2 } });
    const held = await takePlaces(stage, '/v1/wait', 2);
    for (const { socket } of held) socket.resetAndDestroy();
    await until('they are gone', () => stage.waiting.every(({ destroyed }) => destroyed));
    expect((await get(stage, '/v1/clients')).status).toBe(503);
    stage.answerAll();
    expect((await get(stage, '/v1/clients')).status).toBe(200);
  });

  test('answers that waited behind another one give their places back with the connection', async () => {
    const stage = await stand({ limits: { places: 3 } });
    const { socket } = hold(stage, asking('/v1/wait') + asking('/v1/a') + asking('/v1/b'));
    await until('the first waits, and the places are taken', async () => (await get(stage, '/v1/c')).status === 503);
    socket.destroy();
    await until('two places are free', async () => (await get(stage, '/v1/c')).status === 200);
    stage.answerAll();
    await takePlaces(stage, '/v1/wait', 3);
  });

  test('they are counted, not told one by one', async () => {
    const stage = await stand({ limits: { places: 1 } });
    await takePlaces(stage, '/v1/wait', 1);
    for (let n = 0; n < 5; n += 1) await get(stage, '/v1/clients');
    await until('they are told', () => stage.counts.overloaded === 5);
  });
});

test('whoever sends ahead without reading is cut off, and nobody else', async () => {
  const stage = await stand({ limits: { perConnection: 4 } });
  const polite = hold(stage, asking('/v1/a') + asking('/v1/b'));
  await until('both are answered', () => polite.heard().split('fine').length === 3);
  const greedy = hold(stage, asking('/v1/wait').repeat(50));
  await until('he is cut off', () => greedy.closed());
  expect(stage.waiting).toHaveLength(4);
  polite.socket.write(asking('/v1/c'));
  await until('the other one is answered', () => polite.heard().split('fine').length === 4);
});

describe('what is no request that we take is told so', () => {
  const many = (count: number): string[] => Array.from({ length: count }, (_, n) => `X-H${n}: a`);

  test.each<[string, number, string, (stage: Stage) => Promise<RawAnswer>]>([
    ['101 headers', 431, 'headers_too_large', (stage) => get(stage, '/v1/a', ...many(99))],
    ['1,000 headers', 431, 'headers_too_large', (stage) => get(stage, '/v1/a', ...many(998))],
    ['17 KiB in a header', 431, 'headers_too_large', (stage) => get(stage, '/v1/a', `X-H: ${'a'.repeat(17_000)}`)],
    ['17 KiB in all', 431, 'headers_too_large', (stage) => get(stage, `/v1/${'a'.repeat(17_000)}`)],
    ['a URL of 9 KiB', 414, 'uri_too_long', (stage) => get(stage, `/v1/${'a'.repeat(9_000)}`)],
    ['two hosts', 400, 'invalid_request', (stage) => get(stage, '/v1/a', 'host: other')],
    ['no host', 400, 'invalid_request', ({ url }) => exchange(url, 'GET /v1/a HTTP/1.1\r\n\r\n')],
    ['a NUL in a header', 400, 'invalid_request', (stage) => get(stage, '/v1/a', 'X-H: a\0b')],
    ['a bare line feed in a header', 400, 'invalid_request', (stage) => get(stage, '/v1/a', 'X-H: a\nb')],
    ['TLS', 400, 'invalid_request', ({ url }) => exchange(url, Buffer.from('16030100a5010000a1', 'hex'))],
    ['another protocol', 400, 'invalid_request', ({ url }) => exchange(url, 'SSH-2.0-OpenSSH_9.2\r\n')],
    ['HTTP/2', 400, 'invalid_request', ({ url }) => exchange(url, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
    ['HTTP/9.9', 400, 'invalid_request', ({ url }) => exchange(url, 'GET / HTTP/9.9\r\nHost: a\r\n\r\n')],
    ['two lengths', 400, 'invalid_request', (stage) => get(stage, '/v1/a', 'Content-Length: 1', 'Content-Length: 2')],
    [
      'length and chunks',
      400,
      'invalid_request',
      (stage) => get(stage, '/v1/a', 'Content-Length: 5', 'Transfer-Encoding: chunked'),
    ],
    ['chunks twice', 400, 'invalid_request', (stage) => get(stage, '/v1/a', 'Transfer-Encoding: chunked, identity')],
    [
      'a chunk without a size',
      400,
      'invalid_request',
      ({ url }) =>
        exchange(url, 'POST /v1/wait HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n'),
    ],
  ])('%s: %i', async (_kind, status, code, send) => {
    const stage = await stand();
    expectProblem(await send(stage), status, code);
    await until('nothing is left of it', () => stage.waiting.every(({ destroyed }) => destroyed));
    expect((await get(stage, '/v1/a')).status).toBe(200);
  });

  test('100 headers and 15 KiB are a request', async () => {
    const stage = await stand();
    expect((await get(stage, '/v1/a', ...many(98))).status).toBe(200);
    expect((await get(stage, '/v1/a', `X-H: ${'a'.repeat(15_000)}`)).status).toBe(200);
  });

  test('nobody takes its answer for that of the request before', async () => {
    const stage = await stand();
    const held = hold(stage, `${asking('/v1/wait')}nonsense\r\n\r\n`);
    await until('it is cut off', () => held.closed());
    expect(held.heard()).toBe('');
  });
});

describe('whoever takes his time', () => {
  const timing = {
    headersTimeout: 300,
    requestTimeout: 500,
    silenceTimeout: 700,
    keepAliveTimeout: 300,
    connectionsCheckingInterval: 50,
  };

  /** A byte at a time, for as long as somebody listens. */
  function drip({ socket, closed }: ReturnType<typeof hold>): void {
    const timer = setInterval(() => (closed() ? clearInterval(timer) : socket.write('a')), 40);
  }

  test.each([
    ['with the first byte', '', false],
    ['with the headers', 'GET /v1/a HTTP/1.1\r\nX-H: ', true],
    ['with the body', 'POST /v1/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n', true],
  ])('%s hears 408 and is cut off, and nobody else waits', async (_what, start, dripping) => {
    const stage = await stand({ timing });
    const slow = Array.from({ length: 20 }, () => hold(stage, start));
    if (dripping) slow.forEach(drip);
    let asked = 0;
    while (!slow.every(({ closed }) => closed())) {
      expect((await get(stage, '/v1/clients')).status).toBe(200);
      asked += 1;
    }
    expect(asked).toBeGreaterThan(3);
    for (const { heard } of slow) expect(heard()).toMatch(/^HTTP\/1\.1 408 [^]*"request_timeout"/);
  });

  test('chunks without end are cut off', async () => {
    const stage = await stand({ timing });
    const endless = hold(stage, 'POST /v1/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    const timer = setInterval(() => endless.socket.write('1\r\na\r\n'), 20);
    await until('it is cut off', () => endless.closed());
    clearInterval(timer);
    expect(endless.heard()).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('reading the answer is cut off', async () => {
    const stage = await stand({ timing });
    const deaf = hold(stage, asking('/v1/wait'));
    await until('it waits', () => stage.waiting.length === 1);
    const [response] = stage.waiting;
    deaf.socket.pause();
    response?.end(Buffer.alloc(64 * 1024 * 1024));
    await until('its answer is given up', () => response?.destroyed ?? false);
  });

  test('with the next request is not kept', async () => {
    const stage = await stand({ timing });
    const idle = hold(stage, asking('/v1/a'));
    await until('it is closed', () => idle.closed());
    expect(idle.heard()).toMatch(/fine$/);
  });
});

describe('from the moment in which it is to stop', () => {
  test('/ready says so on kept connections, and whoever waits is answered and told to leave', async () => {
    const stage = await stand();
    const probe = hold(stage, asking('/ready'));
    await until('it is ready', () => probe.heard().includes('fine'));
    await takePlaces(stage, '/v1/wait', 1);
    const closing = stage.listening.close();
    probe.socket.write(asking('/ready'));
    await until('it is not', () => /HTTP\/1\.1 503 [^]*"stopping"/.test(probe.heard()));
    stage.answerAll();
    await closing;
    expect(probe.closed()).toBe(true);
  });
});
