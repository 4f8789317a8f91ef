import { connectDatabase, type Database } from '../../src/db/database';
import { createRefreshWaiter, type RefreshWaiter } from '../../src/services/refresh-wait';
import { until } from '../support/until';
import { addConnection, addReach, setScene, stored, type Scene } from './scene';

let scene: Scene;
let database: Database;
let lanes: Database;
let waiter: RefreshWaiter;
beforeAll(async () => {
  scene = await setScene();
  database = connectDatabase({ url: scene.db.url, role: 'otobot_serve', log: scene.log });
  lanes = connectDatabase({ url: scene.db.url, role: 'otobot_audit', log: scene.log });
  waiter = createRefreshWaiter({ database, lanes, databaseUrl: scene.db.url, log: scene.log });
});
afterAll(async () => {
  await waiter.close();
  await database.close();
  await lanes.close();
  await scene.close();
});
afterEach(async () => {
  await scene.stopWorkers();
  await scene.db.query('update connections set next_refresh_at = null');
  scene.provider.reset();
});

const wait = (connectionId: string, version: number, ms = 5_000) =>
  waiter.wait({ organizationId: scene.organizationId, connectionId, version }, performance.now() + ms);
const IN_AN_HOUR = `otobot_now() + interval '1 hour'`;

/** Counts the writes to a connection that make it wanted. */
async function countMarks(id: string): Promise<() => Promise<number>> {
  await scene.db.query('create table if not exists marks (id uuid)');
  await scene.db.query('grant insert on marks to otobot_serve');
  await scene.db.query(`create or replace function count_mark() returns trigger language plpgsql as $$
    begin insert into marks values (new.id); return new; end $$`);
  await scene.db.query(`create or replace trigger count_mark before update on connections for each row
    when (new.wanted_at is distinct from old.wanted_at and new.wanted_at is not null) execute function count_mark()`);
  return async () =>
    Number((await scene.db.query<{ n: string }>('select count(*) as n from marks where id = $1', [id])).rows[0]?.n);
}

test('100 waiters on one connection: marked once, one call to the provider, all woken', async () => {
  const { id } = await addConnection(scene, await addReach(scene), { due: IN_AN_HOUR });
  const marks = await countMarks(id);
  await scene.worker({ idleMs: 10_000 });
  const { version } = await stored(scene, id);
  const outcomes = await Promise.all(Array.from({ length: 100 }, () => wait(id, Number(version))));
  expect(new Set(outcomes)).toEqual(new Set(['changed']));
  expect(await marks()).toBe(1);
  expect(scene.provider.calls).toHaveLength(1);
});

test('100 waiters write once a second at most, however often they look', async () => {
  const { id } = await addConnection(scene, await addReach(scene), { due: IN_AN_HOUR });
  const { version } = await stored(scene, id);
  let writes = 0;
  const counting: Database = {
    ...database,
    asTenant: (organizationId, work) => {
      writes += 1;
      return database.asTenant(organizationId, work);
    },
  };
  const own = createRefreshWaiter({ database: counting, lanes, databaseUrl: scene.db.url, log: scene.log });
  const { organizationId } = scene;
  const deadlineMs = performance.now() + 800;
  const awaited = { organizationId, connectionId: id, version: Number(version) };
  await Promise.all(Array.from({ length: 100 }, () => own.wait(awaited, deadlineMs)));
  await own.close();
  expect(writes).toBe(1);
});

test('who waits is served first, and at once: the worker is woken, not polled', async () => {
  const { id } = await addConnection(scene, await addReach(scene), { due: IN_AN_HOUR });
  await scene.worker({ idleMs: 60_000 });
  const { version } = await stored(scene, id);
  const startedAt = performance.now();
  expect(await wait(id, Number(version))).toBe('changed');
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});

test('a change that came before the wait is seen without any refresh', async () => {
  const { id } = await addConnection(scene, await addReach(scene), { due: IN_AN_HOUR });
  const { version } = await stored(scene, id);
  expect(await wait(id, Number(version) - 1, 2_000)).toBe('changed');
});

test('nobody answers: the wait ends at its deadline', async () => {
  const { id } = await addConnection(scene, await addReach(scene), { due: IN_AN_HOUR });
  const { version } = await stored(scene, id);
  const startedAt = performance.now();
  expect(await wait(id, Number(version), 300)).toBe('timeout');
  expect(performance.now() - startedAt).toBeLessThan(1_500);
});

test('a wish comes into force 5 s after the last attempt, and not before a pause is over', async () => {
  const reach = await addReach(scene);
  const recent = await addConnection(scene, reach, { due: IN_AN_HOUR });
  const paused = await addConnection(scene, reach, { due: IN_AN_HOUR });
  await scene.db.query(`update connections set last_attempt_at = otobot_now() where id = $1`, [recent.id]);
  await scene.db.query(`update connections set not_before_at = otobot_now() + interval '100 seconds' where id = $1`, [
    paused.id,
  ]);
  await Promise.all([
    wait(recent.id, Number((await stored(scene, recent.id)).version), 400),
    wait(paused.id, Number((await stored(scene, paused.id)).version), 400),
  ]);
  const { next_in: recentIn } = await stored(scene, recent.id);
  expect(recentIn).toBeGreaterThan(3);
  expect(recentIn).toBeLessThanOrEqual(5);
  const { next_in: pausedIn } = await stored(scene, paused.id);
  expect(pausedIn).toBeGreaterThan(98);
  expect(pausedIn).toBeLessThanOrEqual(100);
});

test('a connection that is being refreshed is not made due a second time', async () => {
  scene.provider.next({ delayMs: 600 });
  const { id, issued } = await addConnection(scene, await addReach(scene));
  await scene.worker();
  await scene.provider.received(1);
  const { version } = await stored(scene, id);
  expect(await wait(id, Number(version))).toBe('changed');
  expect(scene.provider.callsWith(issued.refreshToken)).toBe(1);
});

test('waiting works without the signal: listening sessions cut, polls find the change', async () => {
  const { id } = await addConnection(scene, await addReach(scene), { due: IN_AN_HOUR });
  await scene.worker();
  await scene.db.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'listen otobot_refreshed'`,
  );
  const { version } = await stored(scene, id);
  expect(await wait(id, Number(version))).toBe('changed');
});

test('while a reader waits a failure is retried within its 5 s', async () => {
  scene.provider.next({ status: 503, body: '' });
  const { id } = await addConnection(scene, await addReach(scene), { due: IN_AN_HOUR });
  await scene.worker();
  const deadlineMs = performance.now() + 5_000;
  let { version } = await stored(scene, id);
  await until('the token is new', async () => {
    const outcome = await waiter.wait(
      { organizationId: scene.organizationId, connectionId: id, version: Number(version) },
      deadlineMs,
    );
    const now = await stored(scene, id);
    ({ version } = now);
    return outcome === 'changed' && now.generation === 2;
  });
  expect(performance.now()).toBeLessThan(deadlineMs);
});

test("another organization's wish marks nothing", async () => {
  const { id } = await addConnection(scene, await addReach(scene), { due: IN_AN_HOUR });
  const { version } = await stored(scene, id);
  const other = await scene.db.query<{ id: string }>(
    `insert into organizations (name, display_name) values ('other', 'Other') returning id`,
  );
  const organizationId = other.rows[0]?.id ?? '';
  await waiter.wait({ organizationId, connectionId: id, version: Number(version) }, performance.now() + 300);
  expect((await stored(scene, id)).next_in).toBeGreaterThan(3_000);
});
