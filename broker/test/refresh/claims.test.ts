import { randomUUID } from 'node:crypto';
import { connectDatabase, type Database } from '../../src/db/database';
import { claimDue, type ClaimRequest } from '../../src/repositories/refresh-claims';
import { listVersions, markWanted } from '../../src/repositories/wanted';
import { addConnection, addReach, setScene, stored, type Scene } from './scene';

let scene: Scene;
let database: Database;
let serving: Database;
beforeAll(async () => {
  scene = await setScene();
  database = connectDatabase({ url: scene.db.url, role: 'otobot_refresh', log: scene.log });
  serving = connectDatabase({ url: scene.db.url, role: 'otobot_serve', log: scene.log });
});
afterAll(async () => {
  await database.close();
  await serving.close();
  await scene.close();
});
afterEach(() => scene.db.query('update connections set next_refresh_at = null'));

const request = (change: Partial<ClaimRequest> = {}): ClaimRequest => ({
  ...{ workerNumber: 1, leaseSeconds: 60, limit: 100, perApp: 32, inFlight: {}, spent: {}, firstApp: randomUUID() },
  ...change,
});

test('what one worker is about to claim, another neither claims nor waits for', async () => {
  const { id } = await addConnection(scene, await addReach(scene));
  await database.transaction(async (tx) => {
    expect((await claimDue(tx, request())).map((claim) => claim.id)).toEqual([id]);
    // The first claim is not committed yet: one that waited for it would hang here, and claim the row again afterwards.
    expect(await claimDue(database, request({ workerNumber: 2 }))).toHaveLength(0);
  });
  expect(await claimDue(database, request({ workerNumber: 2 }))).toHaveLength(0);
}, 5_000);

test('an app gets no more than its free slots, and leaves the others theirs', async () => {
  const [busy, free] = [await addReach(scene, { maxConcurrent: 3 }), await addReach(scene)];
  for (const reach of [busy, busy, busy, busy, free]) await addConnection(scene, reach);
  const claims = await claimDue(database, request({ inFlight: { [busy.appId]: 1 } }));
  expect(claims.filter(({ app }) => app.id === busy.appId)).toHaveLength(2);
  expect(claims.filter(({ app }) => app.id === free.appId)).toHaveLength(1);
});

test('a wish does not make a connection due that is being refreshed', async () => {
  const { id } = await addConnection(scene, await addReach(scene));
  await claimDue(database, request());
  // Long enough ago that nothing else would hold the wish back.
  await scene.db.query(`update connections set last_attempt_at = otobot_now() - interval '10 seconds' where id = $1`, [
    id,
  ]);
  const { organizationId } = scene;
  expect(
    await serving.asTenant(organizationId, (tx) =>
      listVersions(tx, [id]).then((awaited) => markWanted(tx, organizationId, awaited)),
    ),
  ).toBe(false);
  expect((await stored(scene, id)).next_refresh_at).toBeNull();
});
