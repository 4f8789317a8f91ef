import { randomUUID } from 'node:crypto';
import { connectDatabase, type Database } from '../../src/db/database';
import { deleteOldSets } from '../../src/repositories/token-sets';
import { sweepAbandoned } from '../../src/services/refresh/sweep';
import { until } from '../support/until';
import { addConnection, addReach, outcomesOf, setScene, stored, tokensOf, type Scene } from './scene';

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

const refreshed = (id: string, generation: number) =>
  until('it is refreshed', async () => (await stored(scene, id)).generation === generation);

test('a previous token set goes a day after it was replaced, the current one never', async () => {
  const { id } = await addConnection(scene, await addReach(scene));
  await scene.worker();
  await refreshed(id, 2);
  await deleteOldSets(database);
  expect(await tokensOf(scene, id, 'previous')).not.toBeNull();
  await scene.db.query(
    `update token_sets set created_at = created_at - interval '25 hours', superseded_at = superseded_at - interval '25 hours' where connection_id = $1`,
    [id],
  );
  await deleteOldSets(database);
  expect(await tokensOf(scene, id, 'previous')).toBeNull();
  expect(await tokensOf(scene, id)).not.toBeNull();
});

test('a late answer that may still be called for stays, one of a generation that is over goes', async () => {
  const { id } = await addConnection(scene, await addReach(scene), { due: 'null' });
  const addLate = (generation: number) =>
    scene.db.query(
      `insert into token_sets (organization_id, connection_id, generation, kind, created_at) values ($1, $2, $3, 'late', now() - interval '2 days')`,
      [scene.organizationId, id, generation],
    );
  await addLate(0);
  await addLate(1);
  await addLate(2);
  await deleteOldSets(database);
  const { rows } = await scene.db.query(
    `select generation from token_sets where connection_id = $1 and kind = 'late' order by 1`,
    [id],
  );
  expect(rows).toEqual([{ generation: 1 }, { generation: 2 }]);
});

test('the record of an attempt whose worker is dead is ended, also when its connection is not waiting for it any more', async () => {
  const { id } = await addConnection(scene, await addReach(scene), { due: 'null' });
  await scene.db.query(
    `insert into refresh_attempts (id, started_at, organization_id, connection_id, app_id, generation, worker_number)
     select $2, now(), organization_id, id, app_id, 1, 999999 from connections where id = $1`,
    [id, randomUUID()],
  );
  await sweepAbandoned(database, Math.random, scene.log);
  expect(await outcomesOf(scene, id)).toEqual(['uncertain']);
  expect((await stored(scene, id)).status).toBe('active');
});

test('a claim of a live worker is left to it until its lease is over', async () => {
  scene.provider.next({ delayMs: 400 });
  const { id } = await addConnection(scene, await addReach(scene));
  await scene.worker();
  await scene.provider.received(1);
  expect(await sweepAbandoned(database, Math.random, scene.log)).toBe(0);
  await refreshed(id, 2);
  expect(await outcomesOf(scene, id)).toEqual(['refreshed']);
});
