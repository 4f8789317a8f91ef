import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSigned } from '../providers/certificate';
import { until } from '../support/until';
import { addConnection, addReach, moveTime, setScene, stored, type Reach, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());
afterEach(async () => {
  await scene.stopWorkers();
  await moveTime(scene, '0');
  await scene.db.query('update connections set next_refresh_at = null');
  await scene.db.query('delete from provider_incidents');
  await scene.db.query('delete from outbox');
  scene.provider.reset();
});

interface Incident {
  failures: number;
  witnesses: string[];
  code: string;
  opened_at: Date | null;
  closed_at: Date | null;
  recalled_at: Date | null;
  next_probe_at: Date | null;
}
const incident = async (): Promise<Incident | null> =>
  (await scene.db.query<Incident>('select * from provider_incidents where ended_at is null')).rows[0] ?? null;
const isOpen = async (): Promise<boolean> => {
  const found = await incident();
  return found !== null && found.opened_at !== null && found.closed_at === null;
};
const events = async (): Promise<Record<string, unknown>[]> =>
  (
    await scene.db.query<{ data: Record<string, unknown> }>(
      `select data from outbox where type = 'provider.incident' order by id`,
    )
  ).rows.map(({ data }) => data);
const settled = () =>
  until(
    'nothing is in flight',
    async () => (await scene.db.query('select from connections where lease_until is not null')).rowCount === 0,
  );
const addMany = (reach: Reach, count: number, due = 'otobot_now()') =>
  Promise.all(Array.from({ length: count }, () => addConnection(scene, reach, { due })));
const refreshedOf = async ({ appId }: Reach): Promise<number> =>
  (await scene.db.query('select from connections where app_id = $1 and generation = 2', [appId])).rowCount ?? 0;
const probeNow = () => scene.db.query('update provider_incidents set next_probe_at = otobot_now()');
const makeAllDue = ({ appId }: Reach) =>
  scene.db.query(
    'update connections set next_refresh_at = otobot_now() where app_id = $1 and next_refresh_at is not null',
    [appId],
  );

/** Until the breaker has opened, with retries that come as soon as they may. */
async function breakerOpens(reach: Reach): Promise<void> {
  await until('the breaker opens', async () => {
    await makeAllDue(reach);
    return isOpen();
  });
  await settled();
  // Somebody has to be due for a probe.
  await makeAllDue(reach);
}

test('an outage is one incident, not charged to who waits, probed one at a time, and over with the first answer', async () => {
  const [reach, another] = [await addReach(scene, { rotation: 'none' }), await addReach(scene, { rotation: 'none' })];
  await addMany(reach, 12);
  scene.provider.behave('no-rotation');
  scene.provider.always({ status: 503, body: '' });
  await Promise.all([scene.worker(), scene.worker()]);
  await breakerOpens(reach);
  expect(await events()).toEqual([
    expect.objectContaining({
      state: 'open',
      cause: 'errors',
      code: 'http_503',
      host: new URL(scene.provider.url).host,
    }),
  ]);

  // While it is open nothing is sent, whatever becomes due; and nobody is blamed.
  const later = await addMany(another, 10);
  const calls = scene.provider.calls.length;
  await probeNow();
  await scene.provider.received(calls + 1);
  await settled();
  const { next_probe_at: nextProbeAt } = (await incident()) ?? {};
  expect((nextProbeAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(8_000);
  expect((nextProbeAt?.getTime() ?? 0) - Date.now()).toBeLessThan(21_000);
  expect(scene.provider.calls).toHaveLength(calls + 1);
  const { rows } = await scene.db.query(
    'select distinct status, failure_count, next_refresh_at <= otobot_now() as due from connections where app_id = $1',
    [another.appId],
  );
  expect(rows).toEqual([{ status: 'active', failure_count: 0, due: true }]);

  // The first answer closes it. What had failed before is due again within two minutes, the rest at once.
  scene.provider.always(null);
  await probeNow();
  await until('who waited is refreshed', async () => (await refreshedOf(another)) === later.length);
  await until('it is closed', async () => (await incident())?.recalled_at);
  await moveTime(scene, '121 seconds');
  await until('who had failed is refreshed', async () => (await refreshedOf(reach)) === 12);
  expect(await events()).toHaveLength(1);
  await moveTime(scene, '10 minutes');
  await until('its end is told', async () => (await events()).length === 2);
  expect((await events())[1]).toMatchObject({ state: 'ended', services: [reach.service, another.service].sort() });
});

test('an answer counts, also one that refuses: an unknown error closes it', async () => {
  const reach = await addReach(scene);
  await addMany(reach, 6);
  scene.provider.always({ status: 500, body: '' });
  await scene.worker();
  await breakerOpens(reach);
  scene.provider.always({ status: 429, body: '' });
  await probeNow();
  await until('it is closed', async () => !(await isOpen()));
});

test('an expired certificate is told of as one, with the first connection that meets it', async () => {
  const DAY_MS = 86_400_000;
  const expired = selfSigned('localhost', new Date(Date.now() - 2 * DAY_MS), new Date(Date.now() - DAY_MS));
  const server = https.createServer(expired, (_request, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const tokenUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  const there = { ...scene, provider: { ...scene.provider, tokenUrl } };
  const reach = await addReach(there);
  const { id } = await addConnection(there, reach);
  await scene.worker();
  await breakerOpens(reach);
  server.close();
  expect(await events()).toEqual([expect.objectContaining({ cause: 'certificate', host: new URL(tokenUrl).host })]);
  expect((await events())[0]?.code).toMatch(/^tls\./);
  expect((await stored(scene, id)).status).toBe('backoff');
});

test('two connections that fail for ever are no outage', async () => {
  const reach = await addReach(scene);
  await addMany(reach, 2);
  scene.provider.always({ status: 500, body: '' });
  await scene.worker();
  await until('they have failed forty times', async () => {
    await makeAllDue(reach);
    return scene.provider.calls.length >= 40;
  });
  await settled();
  expect((await incident())?.witnesses).toHaveLength(2);
  expect(await isOpen()).toBe(false);
});

test('where half of the calls fail the rest goes on, and nobody is alarmed', async () => {
  const reach = await addReach(scene, { rotation: 'none' });
  scene.provider.behave('no-rotation');
  await addMany(reach, 60, 'null');
  await Promise.all([scene.worker(), scene.worker()]);
  let round = 0;
  await until('all are refreshed', async () => {
    for (let n = 0; n < 6; n += 1) scene.provider.next(n % 2 === 0 ? { status: 503, body: '' } : { delayMs: 5 });
    await scene.db.query(
      `update connections set next_refresh_at = otobot_now() where app_id = $1 and lease_until is null and generation = 1`,
      [reach.appId],
    );
    round += 1;
    return (await refreshedOf(reach)) === 60;
  });
  expect(round).toBeGreaterThan(0);
  expect(await events()).toEqual([]);
});

test('a provider that comes and goes is one incident', async () => {
  const reach = await addReach(scene, { rotation: 'none' });
  scene.provider.behave('no-rotation');
  const [one] = await addMany(reach, 6);
  await scene.worker();
  for (let n = 0; n < 2; n += 1) {
    scene.provider.always({ status: 502, body: '' });
    await breakerOpens(reach);
    scene.provider.always(null);
    await probeNow();
    await until('it is closed', async () => (await incident())?.closed_at);
    await makeAllDue(reach);
    await settled();
  }
  expect(await events()).toHaveLength(1);
  expect((await stored(scene, one?.id ?? '')).status).not.toBe('reauth_required');
});
