import { randomUUID } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { claimDue } from '../../src/repositories/refresh-claims';
import { until } from '../support/until';
import { addConnection, addReach, moveTime, setScene, stored, type Reach, type Scene } from './scene';

// One host with two paths: /token answers while the host is well, /broken never does.
let scene: Scene;
let server: http.Server;
let isWell = true;
let calls: string[] = [];
beforeAll(async () => {
  scene = await setScene();
  server = http.createServer((request, response) => {
    calls.push(request.url ?? '');
    request.resume().on('end', () => {
      if (!isWell || request.url === '/broken') response.writeHead(503).end();
      else response.writeHead(200).end(JSON.stringify({ access_token: randomUUID(), expires_in: 3_600 }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await scene.close();
  server.close();
});
afterEach(async () => {
  await scene.stopWorkers();
  await moveTime(scene, '0');
  await scene.db.query(
    `delete from connections; delete from apps; delete from provider_incidents; delete from outbox;
     delete from organizations where name <> 'default'`,
  );
  isWell = true;
  calls = [];
});

interface Tenant extends Scene {
  name: string;
}
async function addTenant(name: string): Promise<Tenant> {
  const text = 'insert into organizations (name, display_name) values ($1, $1) returning id';
  const { rows } = await scene.db.query<{ id: string }>(text, [name]);
  return { ...scene, name, organizationId: rows[0]?.id ?? '' };
}
const at = (path: string, { organizationId, ...tenant }: Tenant): Promise<Reach> => {
  const tokenUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const there = { ...tenant, organizationId, provider: { ...scene.provider, tokenUrl } };
  return addReach(there, { rotation: 'none', columns: { organization_id: organizationId } });
};
const addDue = (tenant: Tenant, reach: Reach, count: number) =>
  Promise.all(Array.from({ length: count }, () => addConnection(tenant, reach)));
const refreshedOf = async ({ organizationId }: Tenant): Promise<number> =>
  (await scene.db.query('select from connections where organization_id = $1 and generation = 2', [organizationId]))
    .rowCount ?? 0;
const told = async (): Promise<string[]> =>
  (
    await scene.db.query<{ said: string }>(
      `select e.data ->> 'state' || ' ' || o.name as said from outbox e join organizations o on o.id = e.organization_id
        where e.type = 'provider.incident' order by 1`,
    )
  ).rows.map(({ said }) => said);
const isOpen = async (): Promise<boolean> =>
  (await scene.db.query('select from provider_incidents where opened_at is not null and closed_at is null'))
    .rowCount === 1;

/** Retries come as soon as they may, and then no probe goes for an hour. */
async function breakerOpensFor({ organizationId }: Tenant): Promise<void> {
  await until('the breaker opens', async () => {
    await scene.db.query(
      'update connections set next_refresh_at = otobot_now() where organization_id = $1 and next_refresh_at is not null',
      [organizationId],
    );
    return isOpen();
  });
  await scene.db.query(`update provider_incidents set next_probe_at = otobot_now() + interval '1 hour'`);
}

test('whoever fails at a host alone, by a service of his own or by what he sends, stops and alarms nobody else', async () => {
  const [failing, well] = [await addTenant('failing'), await addTenant('well')];
  await addDue(failing, await at('/broken', failing), 12);
  await scene.worker();
  await breakerOpensFor(failing);
  await addDue(well, await at('/token', well), 5);
  await until('the others are refreshed', async () => (await refreshedOf(well)) === 5);
  // The operator is always told.
  expect(await told()).toEqual(['open default', 'open failing']);
});

test('what two organizations see concerns all of them, each of whom is told once of its beginning and of its end', async () => {
  const [first, second, third] = [await addTenant('first'), await addTenant('second'), await addTenant('third')];
  isWell = false;
  await addDue(first, await at('/token', first), 12);
  await scene.worker();
  await breakerOpensFor(first);
  await addDue(second, await at('/token', second), 1);
  const thirdReach = await at('/token', third);
  await until('everybody is told', async () => (await told()).length === 4);
  expect(await told()).toEqual(['open default', 'open first', 'open second', 'open third']);

  const callsBefore = calls.length;
  const due = await addDue(third, thirdReach, 3);
  // Whatever claimed this one has passed those by.
  const elsewhere = await addConnection(scene, await addReach(scene));
  await until('a later one is refreshed', async () => (await stored(scene, elsewhere.id)).generation === 2);
  const { rows } = await scene.db.query('select distinct status from connections where organization_id = $1', [
    third.organizationId,
  ]);
  expect({ rows, sent: calls.length - callsBefore }).toEqual({ rows: [{ status: 'active' }], sent: 0 });

  isWell = true;
  await scene.db.query('update provider_incidents set next_probe_at = otobot_now()');
  await until('the third is refreshed', async () => (await refreshedOf(third)) === due.length);
  await moveTime(scene, '10 minutes');
  await until('its end is told', async () => (await told()).length === 8);
});

test('who probes is drawn by organization: a thousand apps that fail do not make all the probes', async () => {
  const [many, one] = [await addTenant('many'), await addTenant('one')];
  for (let n = 0; n < 30; n += 1) await addDue(many, await at('/broken', many), 1);
  await addDue(one, await at('/token', one), 1);
  await scene.db.query(
    `insert into provider_incidents (host, code, failing_since, last_failure_at, opened_at, next_probe_at)
     select distinct renewal_host, 'http_503', otobot_now(), otobot_now(), otobot_now(), otobot_now() from services where renewal_host is not null`,
  );
  const probers: string[] = [];
  for (let n = 0; n < 30; n += 1)
    await scene.owner
      .transaction(async (tx) => {
        const request = { workerNumber: 1, leaseSeconds: 60, limit: 10, perApp: 32, inFlight: {}, spent: {} };
        const claims = await claimDue(tx, { ...request, firstApp: randomUUID() });
        probers.push(...claims.map(({ organizationId }) => organizationId));
        throw new Error('not really');
      })
      .catch(() => undefined);
  expect(probers).toHaveLength(30);
  // By apps it would be one of 31.
  expect(probers.filter((id) => id === one.organizationId).length).toBeGreaterThanOrEqual(5);
});
