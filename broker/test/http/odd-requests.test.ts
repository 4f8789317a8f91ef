import { connect } from 'node:net';
import { exchange, request } from '../system/raw';
import { until } from '../support/until';
import { setScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

const bearer = (): string => `Authorization: Bearer ${scene.key}`;
const url = (): string => scene.broker.url;

test.each([
  ['TRACE', 404],
  ['PROPFIND', 404],
  ['CONNECT', 0],
])('%s opens nothing, and the headers do not come back', async (method, status) => {
  const answer = await exchange(url(), request(method, '/v1/none', [bearer()]));
  expect(answer.status).toBe(status);
  expect(answer.body).not.toContain(scene.key);
});

test('a method that is none is no request', async () => {
  expect((await exchange(url(), request('STEAL', '/v1/whoami', [bearer()]))).status).toBe(400);
});

test('an absolute URL is the same path, under the same rules, and is not fetched', async () => {
  const own = await exchange(url(), request('GET', 'http://evil.example/v1/whoami', [bearer()]));
  expect(own.status).toBe(200);
  expect((await exchange(url(), request('GET', 'http://evil.example/v1/whoami', []))).status).toBe(401);
  expect((await exchange(url(), request('GET', 'http://evil.example/', [bearer()]))).status).toBe(404);
});

test('an upgrade is not taken', async () => {
  const headers = [bearer(), 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: x'];
  const answer = await exchange(url(), request('GET', '/v1/whoami', headers));
  expect(answer.status).toBe(200);
  expect(answer.head).not.toMatch(/^upgrade:/im);
});

test('HTTP/1.0 is answered, with a host and without', async () => {
  for (const host of ['', 'Host: otobot\r\n'])
    expect((await exchange(url(), `GET /v1/whoami HTTP/1.0\r\n${host}${bearer()}\r\n\r\n`)).status).toBe(200);
});

test('who asks whether he may send a body is told so; another expectation is refused', async () => {
  const { hostname, port } = new URL(url());
  const socket = connect(Number(port), hostname);
  let heard = '';
  socket.on('data', (data) => (heard += data.toString()));
  const body = '{"clientId":"expected","name":"E"}';
  const type = 'Content-Type: application/json';
  const head = ['POST /v1/clients HTTP/1.1', 'Host: otobot', bearer(), type, `Content-Length: ${body.length}`];
  socket.write(`${[...head, 'Expect: 100-continue'].join('\r\n')}\r\n\r\n`);
  await until('he may', () => heard.startsWith('HTTP/1.1 100 '));
  socket.write(body);
  await until('it is done', () => heard.includes('HTTP/1.1 201 '));
  socket.destroy();
  const other = await exchange(url(), request('POST', '/v1/clients', [bearer(), type, 'Expect: something'], body));
  expect(other.status).toBe(417);
});

test('/health and /ready are not limited, whoever asks and how often', async () => {
  const ask = (path: string) => exchange(url(), request('GET', path, []));
  const answers = await Promise.all(Array.from({ length: 150 }, (_, n) => ask(n % 2 === 0 ? '/health' : '/ready')));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
});
