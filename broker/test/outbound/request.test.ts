import { randomBytes } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createOutbound, type Outbound } from '../../src/outbound/outbound';
import { getJson } from '../../src/outbound/get-json';
import { request } from '../../src/outbound/request';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let server: http.Server;
let url: string;
let outbound: Outbound;
let handle: Handler;
let requests: { method: string; path: string; headers: http.IncomingHttpHeaders; body: string }[] = [];

beforeAll(async () => {
  outbound = createOutbound({ allowPrivate: 'loopback', privateHosts: [] });
  server = http.createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method = '', url: path = '', headers } = incoming;
      requests.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
      handle(incoming, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
beforeEach(() => {
  requests = [];
});
afterAll(async () => {
  outbound.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const call = (timeoutMs = 5_000) => ({ url, headers: {}, agents: outbound.agents, timeoutMs });

test('a form is posted as it should be, and the answer comes back with what it asks for', async () => {
  handle = (_request, response) => response.writeHead(503, { 'retry-after': '7' }).end('{"error":"busy"}');
  const answer = await request('POST', { ...call(), headers: FORM }, 'token=a+b%26c');
  expect(answer).toEqual({ status: 503, body: { error: 'busy' }, retryAfter: '7' });
  expect(requests[0]).toMatchObject({
    method: 'POST',
    body: 'token=a+b%26c',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'accept-encoding': 'identity' },
  });
});

test.each([301, 302, 303, 307, 308])('a redirect with %i is an answer, and is not followed', async (status) => {
  handle = (_request, response) => response.writeHead(status, { location: `${url}elsewhere` }).end();
  expect(await request('POST', call(), 'token=t')).toMatchObject({ status });
  expect(requests.map(({ path }) => path)).toEqual(['/']);
});

test('an answer that is no JSON has no body, an empty one neither', async () => {
  handle = (_request, response) => response.end('<html>');
  expect(await request('GET', call())).toMatchObject({ status: 200, body: undefined });
  handle = (_request, response) => response.writeHead(204).end();
  expect(await request('GET', call())).toMatchObject({ status: 204, body: undefined });
});

test('a body over 256 KiB is cut off, whether or not it says so before', async () => {
  for (const headers of [{}, { 'content-length': String(300 * 1_024) }]) {
    handle = (_request, response) =>
      response.writeHead(200, headers).end(
        randomBytes(300 * 1_024)
          .toString('latin1')
          .slice(0, 300 * 1_024),
        'latin1',
      );
    expect(await request('GET', call())).toHaveProperty('failed');
    expect(await getJson(call())).toBeNull();
  }
});

test('what is compressed all the same is not inflated', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1_024 * 1_024));
  handle = (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
  const before = process.memoryUsage().arrayBuffers;
  expect(await request('GET', call())).toMatchObject({ status: 200, body: undefined });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1_024 * 1_024);
});

test('one byte now and then does not outlast the limit, nor does silence', async () => {
  let dripping: NodeJS.Timeout | undefined;
  handle = (_request, response) => {
    response.writeHead(200);
    dripping = setInterval(() => response.write(' '), 20);
    response.once('close', () => clearInterval(dripping));
  };
  const startedAt = performance.now();
  expect(await request('GET', call(300))).toMatchObject({ failed: { code: 'ETIMEDOUT' } });
  expect(performance.now() - startedAt).toBeLessThan(3_000);
  handle = () => undefined;
  expect(await request('GET', call(300))).toMatchObject({ failed: { code: 'ETIMEDOUT' } });
});

test('an answer that breaks off is none', async () => {
  handle = (_request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"a":', () => response.socket?.destroy());
  };
  expect(await request('GET', call())).toHaveProperty('failed');
});

test.each([
  'http://10.0.0.1/',
  'https://169.254.169.254/latest',
  'http://[::ffff:10.0.0.1]/',
  'https://127.1:1/',
  'ftp://127.0.0.1/',
  'nonsense',
])('a call to %s never leaves under a policy that allows public https only', async (target) => {
  const guarded = createOutbound({ allowPrivate: false, privateHosts: [] });
  try {
    const answer = await request('POST', { ...call(), agents: guarded.agents, url: target }, 'token=t');
    expect(answer).toHaveProperty('failed');
  } finally {
    guarded.close();
  }
});
