import { connect, type Socket } from 'node:net';
import { Client } from 'pg';
import { call, startBroker, type TestBroker } from '../support/broker';
import { until } from '../support/until';
import { setScene, type Scene } from './scene';

const PLACES = 3;
let scene: Scene;
let broker: TestBroker;
let holder: Client;
beforeAll(async () => {
  scene = await setScene();
  broker = await startBroker(scene.database, { roots: scene.roots, door: { places: PLACES } });
  await scene.ask('POST /v1/clients', { body: { clientId: 'acme', name: 'Acme' } });
  await scene.ask('POST /v1/services', {
    body: { name: 'crm', displayName: 'CRM', tokenUrl: 'https://crm.example/t' },
  });
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  await scene.ask('POST /v1/connections', { body: { clientId: 'acme', service: 'crm', accessToken: 't', expiresAt } });
  holder = new Client({ connectionString: scene.database.url });
  await holder.connect();
});
afterAll(async () => {
  await holder.end();
  await broker.close();
  await scene.close();
});

/** Longer than the work takes once the audit is free, and shorter than the time after which a place is given up for lost. */
const SOON_MS = 8_000;

/** Told at once, since whoever has no key waits for no audit. */
const isFull = async (): Promise<boolean> => (await call(`${broker.url}/v1/whoami`)).json.code === 'overloaded';

test.each(['/v1/credentials/acme/crm', '/v1/clients', '/v1/whoami', '/v1/audit/export'])(
  'whoever hangs up while GET %s waits for the audit takes his place until then, and no longer',
  async (path) => {
    expect((await call(broker.url + path, { key: scene.key })).status).toBe(200);
    await holder.query('begin; lock table audit in access exclusive mode');
    const sockets: Socket[] = [];
    const ask = (): void => {
      const socket = connect(Number(new URL(broker.url).port), '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(`GET ${path} HTTP/1.1\r\nHost: otobot\r\nAuthorization: Bearer ${scene.key}\r\n\r\n`);
      sockets.push(socket);
    };
    // The look itself takes a place for a moment, and so can turn one of these away: then another one asks.
    const fill = async (): Promise<boolean> => {
      if (await isFull()) return true;
      ask();
      return false;
    };
    for (let place = 0; place < PLACES; place += 1) ask();
    try {
      await until('all places are taken', fill);
    } finally {
      for (const socket of sockets) socket.resetAndDestroy();
      await holder.query('commit');
    }
    await until('they are free', async () => !(await isFull()), SOON_MS);
  },
);
