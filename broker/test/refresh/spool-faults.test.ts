import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { ConfigurationError } from '../../src/errors/configuration-error';
import { openSpoolFolder } from '../../src/spool/folder';
import { startRefresher, type Refresher } from '../../src/worker/refresher';
import { startDatabaseProxy, type DatabaseProxy } from '../support/database-proxy';
import { until } from '../support/until';
import { addConnection, addReach, stored, type Added } from './scene';
import {
  addStrict,
  expectRotatedTokenIsThere,
  setSpoolScene,
  spooledIs,
  spoolIsEmpty,
  type SpoolScene,
} from './spool-scene';

let scene: SpoolScene;
beforeAll(async () => {
  scene = await setSpoolScene();
});
afterAll(() => scene.close());
afterEach(() => scene.clear());

test('as long as the database keeps up, nothing touches the disk', async () => {
  await scene.worker();
  const before = fs.statSync(scene.folder, { bigint: true }).mtimeNs;
  const reach = await addReach(scene);
  const added = await Promise.all(Array.from({ length: 40 }, () => addConnection(scene, reach)));
  for (const one of added) await expectRotatedTokenIsThere(scene, one);
  // Files that come and go leave their mark on the folder.
  expect(fs.statSync(scene.folder, { bigint: true }).mtimeNs).toBe(before);
  expect(scene.filesEnding('')).toEqual(['folder-id']);
});

test('with a full disk the answers wait in memory, the log says so, and nothing else breaks', async () => {
  await (await scene.cuttableWorker()).process.kill(); // what the limit would hinder besides is done once
  const added = [await addStrict(scene), await addStrict(scene), await addStrict(scene), await addStrict(scene)];
  const worker = await scene.cuttableWorker({ largestFileBytes: 1_024 });
  await scene.answerInTheDark(worker, 'cut', added);
  await until('the log says so', () => worker.process.log().includes('the spool cannot be written'));
  expect(worker.process.log()).toContain('EFBIG');
  // Half a line that stayed would spoil the one after it.
  const sizes = () => scene.filesEnding('.spool').map((name) => fs.statSync(path.join(scene.folder, name)).size);
  await until('nothing is left of it', () => sizes().every((size) => size === 0));

  worker.proxy.mend();
  for (const one of added) await expectRotatedTokenIsThere(scene, one);
  await spoolIsEmpty(scene);
  expect(scene.provider.calls).toHaveLength(added.length);
  expect(worker.process.log().split('the spool cannot be written')).toHaveLength(2); // said once, not for each
});

/** A worker of this process, with a short drain, whose answer has no database to go to. */
async function answeredInTheDark(
  how: 'cut' | 'hang',
): Promise<{ one: Added; worker: Refresher; proxy: DatabaseProxy }> {
  const one = await addStrict(scene);
  const proxy = await startDatabaseProxy(scene.db.url);
  const { dataDir, roots, outbound, log } = scene;
  const limits = { idleMs: 50, drainMs: 400 };
  const worker = await startRefresher({ databaseUrl: proxy.url, dataDir, roots, outbound, log, limits });
  scene.provider.next({ delayMs: 300 });
  await scene.db.query('update connections set next_refresh_at = otobot_now() where id = $1', [one.id]);
  await scene.provider.received(1);
  proxy[how]();
  await spooledIs(scene, 1);
  return { one, worker, proxy };
}

test.each(['cut', 'hang'] as const)(
  'a worker that is stopped while the database is away (%s) ends, says what waits, and the next one has it',
  async (how) => {
    const { one, worker, proxy } = await answeredInTheDark(how);
    await worker.stop();
    // A socket that stays open would keep the process from ending.
    await until('it has let go of the database', () => proxy.connections() === 0, 1_000);
    await proxy.close();
    expect(scene.lines).toContainEqual({
      level: 'warn',
      message: 'the database is away: answers of providers wait in the spool for the next worker that runs here',
      fields: { answers: 1, folder: scene.folder },
    });
    if (how === 'hang') {
      const messages = scene.lines.map(({ message }) => message);
      expect(messages).toContain('the database does not answer: its connections are cut, so that this worker can end');
    }
    expect(scene.spooled()).toBe(1);
    expect((await stored(scene, one.id)).generation).toBe(1);

    await scene.worker();

    await expectRotatedTokenIsThere(scene, one);
    await spoolIsEmpty(scene);
  },
);

test('a worker that cannot start leaves nothing behind that would keep its process alive', async () => {
  fs.mkdirSync(path.join(scene.folder, `${randomUUID()}.spool`), { recursive: true }); // no file: reading it fails, after the worker has its number
  const workers = async (): Promise<number> => {
    const { rows } = await scene.db.query<{ n: string }>(
      `select count(*) as n from pg_stat_activity where datname = current_database() and application_name = 'otobot otobot_refresh'`,
    );
    return Number(rows[0]?.n);
  };
  await expect(scene.worker()).rejects.toThrow('EISDIR');
  await until('its sessions have ended', async () => (await workers()) === 0);
  for (const name of scene.filesEnding('.spool')) fs.rmdirSync(path.join(scene.folder, name));
});

test('a data folder that cannot hold a spool is found out at the start, by the name of its variable', () => {
  const dataDir = fs.mkdtempSync(path.join(scene.dataDir, 'other-'));
  fs.writeFileSync(path.join(dataDir, 'spool'), 'a file in its place');
  expect(() => openSpoolFolder(dataDir)).toThrow(ConfigurationError);
  expect(() => openSpoolFolder(dataDir)).toThrow(/^OTOBOT_DATA_DIR: has no usable folder for the spool: .*\(EEXIST\)/);
  fs.rmSync(path.join(dataDir, 'spool'));
  const folder = openSpoolFolder(dataDir);
  expect(openSpoolFolder(dataDir)).toEqual(folder);
  expect(fs.statSync(folder.path).mode & 0o777).toBe(0o700);
  expect(fs.readdirSync(folder.path)).toEqual(['folder-id']);
});
