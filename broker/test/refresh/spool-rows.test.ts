import { randomUUID } from 'node:crypto';
import { connectDatabase, type Database } from '../../src/db/database';
import { beat, forgetGoneProcesses } from '../../src/repositories/processes';
import { createAdoption } from '../../src/services/refresh/adoption';
import { appendEntries, openSpoolFolder, ownFile, type SpoolFolder } from '../../src/spool/folder';
import { setScene, type Scene } from './scene';

let scene: Scene;
let database: Database;
let folder: SpoolFolder;
beforeAll(async () => {
  scene = await setScene();
  database = connectDatabase({ url: scene.db.url, role: 'otobot_refresh', log: scene.log });
  folder = openSpoolFolder(scene.dataDir);
});
afterAll(async () => {
  await database.close();
  await scene.close();
});

/** The row of a worker that died a minute ago. */
async function addDead(depth: number, folderId: string): Promise<string> {
  const id = randomUUID();
  await beat(database, {
    ...{
      id,
      role: 'refresh',
      surface: null,
      workerNumber: 999_999,
      host: 'h',
      pid: 1,
      version: '0',
      keyVersions: [1, 2],
    },
    spool: { folderId, depth, keyVersions: [1, 2] },
  });
  await scene.db.query(`update processes set seen_at = otobot_now() - interval '1 minute' where id = $1`, [id]);
  return id;
}
const rows = async (): Promise<string[]> =>
  (await scene.db.query<{ id: string }>('select id from processes')).rows.map(({ id }) => id);

test('a dead worker is remembered as long as its spool needs keys: until its folder has been adopted', async () => {
  const [empty, here, elsewhere] = [
    await addDead(0, folder.id),
    await addDead(3, folder.id),
    await addDead(3, randomUUID()),
  ];
  await forgetGoneProcesses(database);
  expect(await rows()).not.toContain(empty);
  expect(await rows()).toEqual(expect.arrayContaining([here, elsewhere]));

  await appendEntries(folder, ownFile(here), ['not the end of any attempt']);
  const parts = { database, folder, owner: randomUUID(), onWritten: () => undefined, log: scene.log };
  await createAdoption(parts).run();
  expect(await rows()).toEqual([elsewhere]);
});
