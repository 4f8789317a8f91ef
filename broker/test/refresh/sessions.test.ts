import { connectDatabase, connectSession, type Database } from '../../src/db/database';
import { claimDue, type ClaimedConnection } from '../../src/repositories/refresh-claims';
import { takeBackAttempts } from '../../src/repositories/refresh-sweeps';
import { becomeWorker } from '../../src/repositories/workers';
import type { AttemptClock } from '../../src/services/refresh/attempt';
import { sweepAbandoned } from '../../src/services/refresh/sweep';
import { startClaimLoop } from '../../src/worker/claim-loop';
import { until } from '../support/until';
import { addConnection, addReach, makeDue, outcomesOf, setScene, stored, type Scene } from './scene';

let scene: Scene;
let database: Database;
beforeAll(async () => {
  scene = await setScene();
  database = connectDatabase({ url: scene.db.url, role: 'otobot_refresh', log: scene.log });
});
afterAll(async () => {
  await database.close();
  await scene.close();
});
afterEach(async () => {
  await scene.stopWorkers();
  await scene.db.query('update connections set next_refresh_at = null');
  scene.provider.reset();
});

const sweep = (): Promise<number> => sweepAbandoned(database, () => 0, scene.log);
const generationIs = (id: string, generation: number) =>
  until(`connection has generation ${generation}`, async () => (await stored(scene, id)).generation === generation);

test('a worker whose session is cut while its request is under way is not asked for another one by anybody', async () => {
  scene.provider.next({ delayMs: 1_500 });
  const { id } = await addConnection(scene, await addReach(scene, { rotation: 'none' }));
  const worker = await scene.worker();
  await scene.provider.received(1);
  const before = worker.workerNumber();
  await scene.db.query(
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = $1 and granted`,
    [before],
  );
  await until('it has another number', () => worker.workerNumber() !== null && worker.workerNumber() !== before);
  await sweep();
  await makeDue(scene, id);
  await generationIs(id, 2);
  expect(scene.provider.calls).toHaveLength(1);
  expect(await outcomesOf(scene, id)).toEqual(['refreshed']);
});

async function claimOne(workerNumber: number): Promise<ClaimedConnection> {
  const request = { workerNumber, leaseSeconds: 60, limit: 10, perApp: 32, inFlight: {}, spent: {} };
  const [claim] = await claimDue(database, { ...request, firstApp: '00000000-0000-0000-0000-000000000000' });
  return claim as ClaimedConnection;
}
const takeBack = (workerNumber: number, { id: connectionId, attemptId }: ClaimedConnection): Promise<void> =>
  takeBackAttempts(database, workerNumber, [{ connectionId, attemptId }], 60);

test('attempts that were swept meanwhile are taken back, with the lease they had and no other', async () => {
  const { id } = await addConnection(scene, await addReach(scene, { rotation: 'none' }));
  const claim = await claimOne(999_999);
  const { lease_until: lease } = await stored(scene, id);
  expect(await sweep()).toBe(1);
  expect(await stored(scene, id)).toMatchObject({ status: 'uncertain', lease_until: null });
  const session = await connectSession(scene.db.url, 'otobot_refresh');
  await takeBack(await becomeWorker(session), claim);
  const row = await stored(scene, id);
  expect(row).toMatchObject({ attempt_id: claim.attemptId, next_refresh_at: null });
  expect(Math.abs((row.lease_until?.getTime() ?? 0) - (lease?.getTime() ?? 0))).toBeLessThan(2);
  expect(await outcomesOf(scene, id)).toEqual([null]);
  expect(await sweep()).toBe(0);
  await session.end();
});

test('while nobody can tell who is dead, only a lease that is over ends an attempt', async () => {
  const { id } = await addConnection(scene, await addReach(scene, { rotation: 'none' }));
  await claimOne(999_999);
  const sweepLeases = (): Promise<number> => sweepAbandoned(database, () => 0, scene.log, false);
  expect(await sweepLeases()).toBe(0);
  expect(await outcomesOf(scene, id)).toEqual([null]);
  await scene.db.query('update connections set lease_until = otobot_now() where id = $1', [id]);
  expect(await sweepLeases()).toBe(1);
});

test('a worker that has just got its session gives the others three seconds to get theirs', async () => {
  const { id } = await addConnection(scene, await addReach(scene, { rotation: 'none' }));
  await claimOne(999_999);
  const startedAt = performance.now();
  await scene.worker();
  await until('it is given up', async () => (await outcomesOf(scene, id))[0] === 'uncertain');
  expect(performance.now() - startedAt).toBeGreaterThan(3_000);
});

test('an attempt is not taken back from whoever has claimed its connection meanwhile', async () => {
  const { id } = await addConnection(scene, await addReach(scene, { rotation: 'none' }));
  const first = await claimOne(999_999);
  await sweep();
  await makeDue(scene, id);
  const second = await claimOne(999_998);
  await takeBack(999_997, first);
  expect(await stored(scene, id)).toMatchObject({ attempt_id: second.attemptId });
  expect(await outcomesOf(scene, id)).toEqual(['uncertain', null]);
});

test('what was claimed and not sent before the session was lost is not sent', async () => {
  await addConnection(scene, await addReach(scene));
  let number: number | null = 1;
  let clock: AttemptClock | null = null;
  const loop = startClaimLoop({
    database,
    workerNumber: () => number,
    limits: { perApp: 1, inFlight: 1, leaseMs: 60_000, idleMs: 50 },
    refresh: (_claim, given) => {
      clock = given;
      return Promise.resolve();
    },
    log: scene.log,
  });
  await until('it is claimed', () => clock !== null);
  const leaseLeftMs = (): number => clock?.leaseLeftMs() ?? NaN;
  expect(leaseLeftMs()).toBeGreaterThan(50_000);
  number = null;
  expect(leaseLeftMs()).toBe(0);
  number = 2;
  expect(leaseLeftMs()).toBe(0);
  await loop.stop(0);
});
