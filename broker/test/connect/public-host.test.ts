import type { TestBroker } from '../support/broker';
import { exchange, request } from '../system/raw';
import { allRoutes } from '../../src/http/serve';
import { setScene, type Scene } from './scene';

const HOST = 'connect.otobot.example';
let scene: Scene;
let broker: TestBroker;
beforeAll(async () => {
  scene = await setScene();
  broker = await scene.another({ publicUrl: `https://${HOST}`, trustProxy: 1 });
});
afterAll(() => scene.close());

/** The status of a request with an operator's key, sent byte by byte as written: no client tidies up host or path. */
async function at(host: string, path: string, { method = 'GET', headers = [] as string[] } = {}): Promise<number> {
  const bytes = request(method, path, [`Authorization: Bearer ${scene.key}`, 'Accept-Language: en', ...headers])
    .toString('latin1')
    .replace('Host: otobot', `Host: ${host}`);
  return (await exchange(broker.url, bytes)).status;
}

test('the pages of clients are there', async () => {
  expect(await at(HOST, (await scene.invite()).path)).toBe(200);
  expect(await at(HOST, '/oauth/callback/crm')).toBe(400);
});

test('no other route is there, with the best of keys', async () => {
  const routes = allRoutes(broker.broker);
  expect(routes.length).toBeGreaterThan(30);
  for (const { method, path } of routes) {
    const status = await at(HOST, path.replace(/:[a-zA-Z]+/g, 'x'), { method: method.toUpperCase() });
    expect([method, path, status]).toEqual([method, path, 404]);
  }
});

test.each([
  ['in capitals', HOST.toUpperCase()],
  ['with a final dot', `${HOST}.`],
  ['with a port', `${HOST}:8443`],
  ['with a final dot and a port', `${HOST}.:443`],
])('nor are they where the host is written %s', async (_what, host) => {
  expect(await at(host, '/v1/whoami')).toBe(404);
});

test('nor where a proxy says which host it was asked for', async () => {
  for (const host of [HOST, HOST.toUpperCase(), `${HOST}:443`, `${HOST}, other.example`])
    expect([host, await at('127.0.0.1', '/v1/whoami', { headers: [`X-Forwarded-Host: ${host}`] })]).toEqual([
      host,
      404,
    ]);
});

test('nor where a visitor makes up another host, and a proxy passes it on', async () => {
  expect(await at(HOST, '/v1/whoami', { headers: ['X-Forwarded-Host: broker.internal'] })).toBe(404);
});

test('nor by a request that names the host in its first line', async () => {
  for (const path of [`https://${HOST}/v1/whoami`, `http://${HOST}/v1/whoami`])
    expect(await at(HOST, path)).not.toBe(200);
});

test.each([
  '/connect/../v1/whoami',
  '/connect/%2e%2e/v1/whoami',
  '/connect/x/../../v1/whoami',
  '/connect/x/v1/whoami',
  '/connect/..%2fv1%2fwhoami',
  '/oauth/callback/crm/../../../v1/whoami',
  '//v1/whoami',
  '/V1/whoami',
  '/v1/whoami/',
  '/v1/whoami;/connect/x',
  '/v1/whoami?/connect/x',
  '/v1/whoami#/connect/x',
  '/%76%31/whoami',
  '/\\v1/whoami',
])('the path %s does not lead around', async (path) => {
  expect([400, 404]).toContain(await at(HOST, path));
});

test('on the host of workflows everything is there', async () => {
  for (const path of ['/health', '/v1/whoami']) expect(await at('broker.internal', path)).toBe(200);
});
