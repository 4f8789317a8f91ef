import { randomUUID } from 'node:crypto';
import { connectDatabase, type Database } from '../../src/db/database';
import { sweepAbandoned } from '../../src/services/refresh/sweep';
import { addConnection, addReach, setScene, stored, type Scene } from './scene';

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

/** A connection that was given up for lost by an attempt of ten seconds ago. */
async function addEnded(): Promise<string> {
  const { id } = await addConnection(scene, await addReach(scene), { due: 'null' });
  await scene.db.query(
    `update connections set status = 'reauth_required', status_reason = 'lost_rotation', attempt_id = null,
            last_attempt_at = otobot_now() - interval '10 seconds' where id = $1`,
    [id],
  );
  return id;
}
const addLate = (id: string, generation: number, secondsAgo: number) =>
  scene.db.query(
    `insert into token_sets (id, organization_id, connection_id, generation, kind, created_at)
     values ($1, $2, $3, $4, 'late', otobot_now() - make_interval(secs => $5))`,
    [randomUUID(), scene.organizationId, id, generation, secondsAgo],
  );
const isDue = async (id: string): Promise<boolean> => (await stored(scene, id)).next_refresh_at !== null;

test('a late answer stored while a refusal was being written down is called for after all', async () => {
  const id = await addEnded();
  await sweepAbandoned(database, Math.random, scene.log);
  expect(await isDue(id)).toBe(false);
  await addLate(id, 2, 5);
  await sweepAbandoned(database, Math.random, scene.log);
  expect(await isDue(id)).toBe(true);
});

test('one that an attempt has already found of no use is not called for again, nor one of a generation that is over', async () => {
  const id = await addEnded();
  await addLate(id, 2, 15);
  await addLate(id, 1, 5);
  await sweepAbandoned(database, Math.random, scene.log);
  expect(await isDue(id)).toBe(false);
});
