import { connectDatabase } from '../../src/db/database';
import { isSweeper } from '../../src/repositories/refresh-sweeps';
import { until } from '../support/until';
import { verdictOn } from './books';
import {
  addConnection,
  addReach,
  eventsOf,
  makeDue,
  outcomesOf,
  setScene,
  stored,
  tokensOf,
  type Added,
  type Reach,
  type Scene,
} from './scene';
import { startWorkerProcess, type WorkerProcess } from './worker-processes';

let scene: Scene;
const processes: WorkerProcess[] = [];
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());
afterEach(async () => {
  await Promise.all(processes.splice(0).map((worker) => worker.kill()));
  await scene.stopWorkers();
  await scene.db.query('update connections set next_refresh_at = null');
  scene.provider.reset();
});

const workerProcess = async (): Promise<WorkerProcess> => {
  const worker = await startWorkerProcess(scene);
  processes.push(worker);
  return worker;
};
const generationIs = (id: string, generation: number) =>
  until(`connection has generation ${generation}`, async () => (await stored(scene, id)).generation === generation);
const statusIs = (id: string, status: string) =>
  until(`connection is ${status}`, async () => (await stored(scene, id)).status === status);

/** The provider's journal against all that is on record: nothing lost, nothing asked twice, and each connection holds the live token. */
async function expectNothingLost(added: readonly Added[]): Promise<void> {
  await scene.stopWorkers();
  expect(await verdictOn(scene, added)).toMatchObject({ violations: [], twice: {}, losses: {}, alarms: {} });
  const used = scene.provider.calls.map(({ refreshToken }) => refreshToken);
  expect(new Set(used).size).toBe(used.length);
  for (const { id, issued } of added) {
    const tokens = await tokensOf(scene, id);
    expect(scene.provider.isLive(issued.refreshToken)).toBe(false);
    expect(scene.provider.isLive(tokens?.refreshToken ?? '')).toBe(true);
    expect(scene.provider.accepts(tokens?.accessToken ?? '')).toBe(true);
  }
}

test('two workers, one due connection: one call to the provider', async () => {
  await Promise.all([scene.worker(), scene.worker()]);
  const reach = await addReach(scene);
  const { id } = await addConnection(scene, reach);
  await scene.db.query('notify otobot_wanted');
  await generationIs(id, 2);
  expect(scene.provider.calls).toHaveLength(1);
});

test('200 due connections of 4 apps over 3 workers: each refreshed exactly once, nothing lost', async () => {
  const reaches = await Promise.all([1, 2, 3, 4].map(() => addReach(scene)));
  const added = await Promise.all(
    Array.from({ length: 200 }, (_, n) => addConnection(scene, reaches[n % 4] as Reach, { due: 'null' })),
  );
  await scene.db.query('update connections set next_refresh_at = otobot_now() where app_id = any ($1)', [
    reaches.map(({ appId }) => appId),
  ]);
  scene.provider.always({ delayMs: 20 });
  await Promise.all([scene.worker(), scene.worker(), scene.worker()]);
  const ids = added.map(({ id }) => id);
  const count = async (sql: string): Promise<number> =>
    Number((await scene.db.query<{ n: string }>(sql, [ids])).rows[0]?.n);
  await until(
    'all are refreshed',
    async () => (await count('select count(*) as n from connections where id = any ($1) and generation = 2')) === 200,
  );
  expect(scene.provider.calls).toHaveLength(200);
  expect(
    await count(`select count(*) as n from refresh_attempts where connection_id = any ($1) and outcome = 'refreshed'`),
  ).toBe(200);
  expect(await count(`select count(*) as n from refresh_attempts where connection_id = any ($1)`)).toBe(200);
  expect(
    await count(`select count(*) as n from outbox where connection_id = any ($1) and type = 'connection.refreshed'`),
  ).toBe(200);
  expect(
    await count(`select count(distinct worker_number) as n from refresh_attempts where connection_id = any ($1)`),
  ).toBeGreaterThan(1);
  await expectNothingLost(added);
});

test('a worker killed while its request hangs is found dead in seconds, and its connection is uncertain', async () => {
  scene.provider.next('process-then-hang');
  const { id } = await addConnection(scene, await addReach(scene, { rotation: 'strict' }));
  const worker = await workerProcess();
  await scene.provider.received(1);
  await scene.worker();
  await worker.kill();
  const killedAt = Date.now();
  await statusIs(id, 'uncertain');
  expect(Date.now() - killedAt).toBeLessThan(5_000);
  const now = await stored(scene, id);
  expect(now.next_in).toBeGreaterThan(3_000);
  expect(await outcomesOf(scene, id)).toEqual(['uncertain']);
  expect(scene.provider.calls).toHaveLength(1);
});

test('where nothing rotates the connection of a killed worker is refreshed again, not before two seconds', async () => {
  scene.provider.behave('no-rotation');
  scene.provider.next('hang');
  const { id } = await addConnection(scene, await addReach(scene, { rotation: 'none' }));
  const worker = await workerProcess();
  await scene.provider.received(1);
  await scene.worker();
  await worker.kill();
  await statusIs(id, 'uncertain');
  const { rows } = await scene.db.query<{ pause: number }>(
    `select extract(epoch from c.next_refresh_at - r.finished_at)::float8 as pause
       from connections c join refresh_attempts r on r.connection_id = c.id where c.id = $1`,
    [id],
  );
  expect(rows[0]?.pause).toBeGreaterThanOrEqual(1.9);
  await makeDue(scene, id);
  await generationIs(id, 2);
  expect((await stored(scene, id)).status).toBe('active');
});

test('a worker that freezes while it sweeps does not keep the others from sweeping', async () => {
  const database = connectDatabase({ url: scene.db.url, role: 'otobot_refresh', log: scene.log });
  let thaw: () => void = () => undefined;
  let begun = false;
  const frozen = new Promise<void>((resolve) => (thaw = resolve));
  const sweeping = database.transaction(async (tx) => {
    begun = await isSweeper(tx);
    await frozen;
  });
  await until('it sweeps', () => begun);
  const sweeps = (): Promise<boolean> => database.transaction(isSweeper);
  expect(await sweeps()).toBe(false);
  await until('another one sweeps', sweeps, 5_000);
  thaw();
  await expect(sweeping).rejects.toThrow('database_unavailable');
  await database.close();
});

/** As if the lease of a minute had passed. */
const leaseEnds = (id: string) =>
  scene.db.query(`update connections set lease_until = otobot_now() where id = $1`, [id]);

test('the answer of a worker that was frozen beyond its lease wins if nobody tried again meanwhile', async () => {
  scene.provider.next({ delayMs: 500 });
  const { id } = await addConnection(scene, await addReach(scene, { rotation: 'strict' }));
  const frozen = await workerProcess();
  await scene.provider.received(1);
  frozen.signal('SIGSTOP');
  await scene.worker();
  await leaseEnds(id);
  await statusIs(id, 'uncertain');
  frozen.signal('SIGCONT');
  await generationIs(id, 2);
  expect(await stored(scene, id)).toMatchObject({ status: 'active', uncertain_since: null });
  expect(await outcomesOf(scene, id)).toEqual(['refreshed']);
});

test('a late answer is kept, and replaces a token that is refused before anybody is asked to connect again', async () => {
  scene.provider.next({ delayMs: 500 });
  const { id, issued } = await addConnection(scene, await addReach(scene, { rotation: 'strict' }));
  const frozen = await workerProcess();
  await scene.provider.received(1);
  frozen.signal('SIGSTOP');
  await scene.worker();
  await leaseEnds(id);
  await statusIs(id, 'uncertain');
  // Somebody else tries and hangs; then the frozen worker comes back with the token of its time.
  await until('the token is used up', () => !scene.provider.isLive(issued.refreshToken));
  scene.provider.next({ delayMs: 1_500 });
  await makeDue(scene, id);
  await scene.provider.received(2);
  frozen.signal('SIGCONT');
  const late = await until('the late answer is kept', () => tokensOf(scene, id, 'late'));
  expect(scene.provider.isLive(late.refreshToken ?? '')).toBe(true);
  // The single-use token was used up by the frozen worker's request: the second attempt is refused, and saved.
  await generationIs(id, 2);
  expect(await stored(scene, id)).toMatchObject({ status: 'active', status_reason: null });
  expect((await tokensOf(scene, id))?.refreshToken).toBe(late.refreshToken);
  expect(await tokensOf(scene, id, 'late')).toBeNull();
  expect(await outcomesOf(scene, id)).toEqual(['late', 'permanent']);
});

/** A strict provider has rotated the token for a worker that froze, and refuses it to the next one. */
async function refusedBehindAFrozenWorker(): Promise<{ id: string; frozen: WorkerProcess }> {
  scene.provider.next({ delayMs: 500 });
  const { id, issued } = await addConnection(scene, await addReach(scene, { rotation: 'strict' }));
  const frozen = await workerProcess();
  await scene.provider.received(1);
  frozen.signal('SIGSTOP');
  await scene.worker();
  await leaseEnds(id);
  await statusIs(id, 'uncertain');
  await until('the token is used up', () => !scene.provider.isLive(issued.refreshToken));
  await makeDue(scene, id);
  await until('it was refused', async () => (await outcomesOf(scene, id)).join() === 'uncertain,permanent');
  return { id, frozen };
}
/** As if so much time had passed since the first attempt. */
const timePasses = (id: string, time: string) =>
  scene.db.query(
    `update refresh_attempts set started_at = started_at - $2::interval, finished_at = finished_at - $2::interval
      where connection_id = $1 and error_code = 'worker_lost'`,
    [id, time],
  );

test('while a frozen worker may hold the answer nobody is asked to connect again, and it is taken as soon as it comes', async () => {
  const { id, frozen } = await refusedBehindAFrozenWorker();
  expect(await stored(scene, id)).toMatchObject({ status: 'uncertain', permanent_code: 'invalid_grant' });
  frozen.signal('SIGCONT');
  await generationIs(id, 2);
  expect(await stored(scene, id)).toMatchObject({ status: 'active', status_reason: null, permanent_code: null });
  expect(scene.provider.isLive((await tokensOf(scene, id))?.refreshToken ?? '')).toBe(true);
  expect(scene.provider.calls).toHaveLength(2);
  expect(await eventsOf(scene, id)).not.toContain('connection.reauth_required');
});

test('after ten minutes it is told of as lost, and an answer that comes even then brings it back', async () => {
  const { id, frozen } = await refusedBehindAFrozenWorker();
  expect((await stored(scene, id)).next_in).toBeGreaterThan(500);
  await timePasses(id, '10 minutes');
  await makeDue(scene, id);
  await statusIs(id, 'reauth_required');
  expect((await stored(scene, id)).status_reason).toBe('lost_rotation');
  frozen.signal('SIGCONT');
  await generationIs(id, 2);
  expect(await stored(scene, id)).toMatchObject({ status: 'active', status_reason: null, permanent_code: null });
});

test('the answer of a dead worker may be in a spool: ninety seconds are waited for it', async () => {
  scene.provider.next('process-then-hang');
  const { id } = await addConnection(scene, await addReach(scene, { rotation: 'strict' }));
  const worker = await workerProcess();
  await scene.provider.received(1);
  await worker.kill();
  await scene.worker();
  await statusIs(id, 'uncertain');
  await makeDue(scene, id);
  await until('it was refused', async () => (await outcomesOf(scene, id)).join() === 'uncertain,permanent');
  const now = await stored(scene, id);
  expect(now).toMatchObject({ status: 'uncertain', permanent_code: 'invalid_grant' });
  expect(now.next_in).toBeGreaterThan(60);
  expect(now.next_in).toBeLessThan(90);
  await timePasses(id, '90 seconds');
  await makeDue(scene, id);
  await statusIs(id, 'reauth_required');
});

test('a connection deleted while it is refreshed harms no other', async () => {
  const reach = await addReach(scene);
  const added = await Promise.all([1, 2, 3].map(() => addConnection(scene, reach, { due: 'null' })));
  const [gone, ...others] = added.map(({ id }) => id);
  scene.provider.always({ delayMs: 200 });
  await scene.db.query('update connections set next_refresh_at = otobot_now() where app_id = $1', [reach.appId]);
  await scene.worker();
  await scene.provider.received(3);
  await scene.db.query('delete from connections where id = $1', [gone]);
  for (const id of others) await generationIs(id, 2);
});

test('PostgreSQL backends that die between answer and commit cost nothing', async () => {
  const reach = await addReach(scene);
  const added = await Promise.all(Array.from({ length: 20 }, () => addConnection(scene, reach, { due: 'null' })));
  await scene.worker();
  scene.provider.always({ delayMs: 200 });
  await scene.db.query('update connections set next_refresh_at = otobot_now() where app_id = $1', [reach.appId]);
  await scene.provider.received(20);
  const [{ name } = { name: '' }] = (await scene.db.query<{ name: string }>('select current_database() as name')).rows;
  const cut = `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and pid <> pg_backend_pid()`;
  // Again and again while the answers come in.
  let cuts = 0;
  await until('all are refreshed', async () => {
    if ((cuts += 1) <= 15) await scene.db.query(cut);
    const { rows } = await scene.db.query<{ n: string }>(
      'select count(*) as n from connections where app_id = $1 and generation = 2',
      [reach.appId],
    );
    return Number(rows[0]?.n) === 20;
  });
  expect(scene.provider.calls).toHaveLength(20);
  await expectNothingLost(added);
  const { rows } = await scene.db.query(`select distinct kind from token_sets where connection_id = any ($1)`, [
    added.map(({ id }) => id),
  ]);
  expect(rows.map(({ kind }: { kind?: string }) => kind).sort()).toEqual(['current', 'previous']);
});

test('a worker whose session is cut goes on with another number', async () => {
  const worker = await scene.worker();
  const before = worker.workerNumber();
  await scene.db.query(
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = $1 and granted`,
    [before],
  );
  await until('it has another number', () => worker.workerNumber() !== null && worker.workerNumber() !== before);
  const { id } = await addConnection(scene, await addReach(scene));
  await generationIs(id, 2);
});

test('a worker told to stop ends what it has begun', async () => {
  scene.provider.next({ delayMs: 300 });
  const { id } = await addConnection(scene, await addReach(scene));
  const worker = await scene.worker();
  await scene.provider.received(1);
  await worker.stop();
  expect(await stored(scene, id)).toMatchObject({ generation: 2, status: 'active' });
});

test('a claim that is too old to be sent is given back unsent', async () => {
  const { id } = await addConnection(scene, await addReach(scene));
  const worker = await scene.worker({ leaseMs: 20_000 });
  await until('it was given back', async () => (await outcomesOf(scene, id)).includes('unsent'));
  await worker.stop();
  expect(scene.provider.calls).toHaveLength(0);
  expect(await stored(scene, id)).toMatchObject({
    status: 'active',
    generation: 1,
    failure_count: 0,
    lease_until: null,
  });
});
