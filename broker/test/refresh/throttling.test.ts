import { connectDatabase } from '../../src/db/database';
import { listVersions, markWanted } from '../../src/repositories/wanted';
import { until } from '../support/until';
import { addConnection, addReach, outcomesOf, setScene, stored, type Reach, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());
afterEach(async () => {
  await scene.stopWorkers();
  await scene.db.query('update connections set next_refresh_at = null');
  scene.provider.reset();
});

interface Pause {
  seconds: number;
  times: number;
  code: string;
}
const pauseOf = async ({ appId }: Reach): Promise<Pause | null> =>
  (
    await scene.db.query<Pause>(
      `select extract(epoch from until - otobot_now())::float8 as seconds, times, code from app_pauses where app_id = $1`,
      [appId],
    )
  ).rows[0] ?? null;
const ended = (id: string) => until('the attempt ended', async () => (await outcomesOf(scene, id))[0] === 'transient');
const idle = () =>
  until(
    'nothing is in flight',
    async () => (await scene.db.query('select from connections where lease_until is not null')).rowCount === 0,
  );
const pauseIsOver = ({ appId }: Reach) =>
  scene.db.query(`update app_pauses set until = otobot_now() - interval '1 second' where app_id = $1`, [appId]);
const refreshed = async ({ appId }: Reach): Promise<number> =>
  (await scene.db.query('select from connections where app_id = $1 and generation = 2', [appId])).rowCount ?? 0;

test('a provider that says "not so fast" pauses the app, charges none of its 40 connections, and is obeyed', async () => {
  const reach = await addReach(scene, { maxConcurrent: 4 });
  const other = await addReach(scene);
  const added = await Promise.all(Array.from({ length: 40 }, () => addConnection(scene, reach, { due: 'null' })));
  scene.provider.always({ status: 429, headers: { 'retry-after': '300' }, body: { error: 'rate_limited' } });
  await scene.db.query('update connections set next_refresh_at = otobot_now() where app_id = $1', [reach.appId]);
  await Promise.all([scene.worker(), scene.worker()]);
  const pause = await until('the app is paused', () => pauseOf(reach));
  expect(pause).toMatchObject({ code: 'rate_limited', times: 1 });
  expect(pause.seconds).toBeGreaterThan(290);
  expect(pause.seconds).toBeLessThanOrEqual(300);
  await idle();
  // What was in flight in two workers, and nothing of the rest.
  expect(scene.provider.calls.length).toBeLessThanOrEqual(8);
  const { rows } = await scene.db.query(
    `select distinct status, failure_count, last_error_code, next_refresh_at <= otobot_now() as due from connections where app_id = $1`,
    [reach.appId],
  );
  expect(rows).toEqual([{ status: 'active', failure_count: 0, last_error_code: null, due: true }]);

  // Other apps, also of the same provider, go on.
  scene.provider.always(null);
  const free = await addConnection(scene, other);
  await until('another app is refreshed', async () => (await stored(scene, free.id)).generation === 2);
  expect(await refreshed(reach)).toBe(0);

  await pauseIsOver(reach);
  await until('all are refreshed', async () => (await refreshed(reach)) === added.length);
  await until('the pauses are forgotten', async () => (await pauseOf(reach)) === null);
});

test.each<[string, Record<string, string>, number, number]>([
  ['absurd', { 'retry-after': '99999999' }, 3_590, 3_600],
  ['garbage', { 'retry-after': 'soon' }, 4, 10],
  ['none', {}, 4, 10],
  ['0', { 'retry-after': '0' }, 0, 1],
  ['a date', { 'retry-after': new Date(Date.now() + 600_000).toUTCString() }, 500, 600],
])('Retry-After %s', async (_what, headers, atLeast, atMost) => {
  scene.provider.next({ status: 429, headers, body: '' });
  const reach = await addReach(scene);
  const { id } = await addConnection(scene, reach);
  const worker = await scene.worker();
  await ended(id);
  await worker.stop();
  const pause = await pauseOf(reach);
  // A short one may be over, and forgotten with the token that came after it.
  if (atMost > 1) expect(pause?.seconds).toBeGreaterThan(atLeast);
  expect(pause?.seconds ?? 0).toBeLessThanOrEqual(atMost);
  expect((await stored(scene, id)).failure_count).toBe(0);
});

test('without a Retry-After the pauses grow until a token comes', async () => {
  const reach = await addReach(scene);
  const { id } = await addConnection(scene, reach);
  scene.provider.always({ status: 429, body: '' });
  await scene.worker();
  for (const [times, atMost] of [
    [1, 10],
    [2, 20],
    [3, 40],
  ] as const) {
    const pause = await until(`pause ${times}`, async () => {
      const found = await pauseOf(reach);
      return found?.times === times && found.seconds > 0 && found;
    });
    expect(pause.seconds).toBeGreaterThan(atMost / 2 - 4);
    expect(pause.seconds).toBeLessThanOrEqual(atMost);
    await pauseIsOver(reach);
  }
  scene.provider.always(null);
  await until('it is refreshed', async () => {
    await pauseIsOver(reach);
    return (await stored(scene, id)).generation === 2;
  });
});

test('where the provider counts each refresh token by itself, only the connection waits, and no reader makes it sooner', async () => {
  const reach = await addReach(scene);
  await scene.db.query('update services set refresh_interval_seconds = 60 where name = $1', [reach.service]);
  const busy = await addConnection(scene, reach);
  scene.provider.next({
    status: 400,
    body: { error: 'Access Denied', error_description: 'too many requests continuously' },
  });
  await scene.worker();
  await ended(busy.id);
  await idle();
  const other = await addConnection(scene, reach);
  await until('another one is refreshed', async () => (await stored(scene, other.id)).generation === 2);
  expect(await pauseOf(reach)).toBeNull();
  const waiting = await stored(scene, busy.id);
  expect(waiting).toMatchObject({ status: 'backoff', failure_count: 1 });
  expect(waiting.next_in).toBeGreaterThan(50);

  // Nor does one that has just been refreshed come again for a reader.
  const serving = connectDatabase({ url: scene.db.url, role: 'otobot_serve', max: 1, log: scene.log });
  const { organizationId } = scene;
  await serving.asTenant(organizationId, (tx) =>
    listVersions(tx, [busy.id, other.id]).then((awaited) => markWanted(tx, organizationId, awaited)),
  );
  await serving.close();
  for (const { id } of [busy, other]) expect((await stored(scene, id)).next_in).toBeGreaterThan(45);
});
