import { randomUUID } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '../support/until';
import { addConnection, addReach, outcomesOf, setScene, stored, type Scene } from './scene';

// Each customer has an endpoint of his own: at `gone`, the OAuth client is not known.
let scene: Scene;
let server: http.Server;
beforeAll(async () => {
  scene = await setScene();
  server = http.createServer((request, response) => {
    request.resume().on('end', () => {
      if (request.url === '/gone/token') response.writeHead(401).end(JSON.stringify({ error: 'invalid_client' }));
      else response.writeHead(200).end(JSON.stringify({ access_token: randomUUID(), expires_in: 3_600 }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await scene.close();
  server.close();
});

test("a customer's own endpoint that refuses the OAuth client stops neither its app nor any other customer", async () => {
  const tokenUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/{tenant}/token`;
  const there = { ...scene, provider: { ...scene.provider, tokenUrl } };
  const reach = await addReach(there, { rotation: 'none', columns: { tenant_from: 'link' } });
  const known = { ...reach, endpoints: { ...reach.endpoints, tenantFrom: 'link' as const, tenantHosts: null } };
  const gone = await addConnection(scene, known, { tenant: 'gone' });
  await scene.worker();
  await until('it is refused', async () => (await outcomesOf(scene, gone.id))[0] != null);
  expect(await outcomesOf(scene, gone.id)).toEqual(['unknown_code']);
  expect(await stored(scene, gone.id)).toMatchObject({ status: 'backoff', last_error_code: 'invalid_client' });
  const well = await addConnection(scene, known, { tenant: 'well' });
  await until('another customer is refreshed', async () => (await stored(scene, well.id)).generation === 2);
  const { rows } = await scene.db.query('select suspended_at from apps where id = $1', [reach.appId]);
  expect(rows).toEqual([{ suspended_at: null }]);
});
