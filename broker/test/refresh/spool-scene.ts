import fs from 'node:fs';
import path from 'node:path';
import { readLines } from '../../src/spool/lines';
import { startDatabaseProxy, type DatabaseProxy } from '../support/database-proxy';
import { until } from '../support/until';
import { addConnection, addReach, outcomesOf, setScene, stored, tokensOf, type Added, type Scene } from './scene';
import { startWorkerProcess, type WorkerProcess, type WorkerProcessOptions } from './worker-processes';

/** A worker whose database can be taken away. */
export interface Cuttable {
  process: WorkerProcess;
  proxy: DatabaseProxy;
}

/** A scene with an eye on the spool of its workers. */
export interface SpoolScene extends Scene {
  folder: string;
  filesEnding(end: string): string[];
  /** Whole entries on the disk. */
  spooled(): number;
  cuttableWorker(options?: WorkerProcessOptions): Promise<Cuttable>;
  /** The database goes away while the provider is asked; resolves when all its answers have arrived. */
  answerInTheDark(worker: Cuttable, how: 'cut' | 'hang', added: readonly Added[]): Promise<void>;
  /** Ends what a test began, and empties the spool. */
  clear(): Promise<void>;
}

export async function setSpoolScene(): Promise<SpoolScene> {
  const scene = await setScene();
  const folder = path.join(scene.dataDir, 'spool');
  const running: Cuttable[] = [];
  const filesEnding = (end: string): string[] =>
    fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith(end)) : [];
  return {
    ...scene,
    ...{ folder, filesEnding },
    spooled: () =>
      filesEnding('.spool').flatMap((name) => readLines(fs.readFileSync(path.join(folder, name))).payloads).length,
    cuttableWorker: async (options) => {
      const proxy = await startDatabaseProxy(scene.db.url);
      const process = await startWorkerProcess(scene, { ...options, databaseUrl: proxy.url });
      const worker = { process, proxy };
      running.push(worker);
      return worker;
    },
    answerInTheDark: async ({ proxy }, how, added) => {
      const before = scene.provider.calls.length;
      scene.provider.next({ delayMs: 300 }, added.length);
      await scene.db.query('update connections set next_refresh_at = otobot_now() where id = any ($1)', [
        added.map(({ id }) => id),
      ]);
      await scene.provider.received(before + added.length);
      proxy[how]();
    },
    clear: async () => {
      for (const { process, proxy } of running.splice(0)) {
        await process.kill();
        await proxy.close();
      }
      await scene.stopWorkers();
      await scene.db.query('update connections set next_refresh_at = null');
      scene.provider.reset();
      scene.lines.length = 0;
      for (const name of filesEnding('')) if (name !== 'folder-id') fs.rmSync(path.join(folder, name));
    },
  };
}

/** Strict: who loses the answer has lost the account. */
export const addStrict = async (scene: Scene): Promise<Added> =>
  addConnection(scene, await addReach(scene), { due: 'null' });

export const spoolIsEmpty = ({ filesEnding }: SpoolScene) =>
  until('the spool is empty', () => filesEnding('.spool').length === 0);

export const spooledIs = ({ spooled }: SpoolScene, answers: number) =>
  until(`${answers} answers are in the spool`, () => spooled() === answers);

/** The token that the provider rotated to is stored, by its first and only attempt. */
export async function expectRotatedTokenIsThere(scene: Scene, { id, issued }: Added): Promise<void> {
  await until('the rotated token is there', async () => (await stored(scene, id)).generation === 2);
  const tokens = await tokensOf(scene, id);
  expect(scene.provider.isLive(issued.refreshToken)).toBe(false);
  expect(scene.provider.isLive(tokens?.refreshToken ?? '')).toBe(true);
  expect(scene.provider.accepts(tokens?.accessToken ?? '')).toBe(true);
  expect(await stored(scene, id)).toMatchObject({ status: 'active', uncertain_since: null });
  expect(await outcomesOf(scene, id)).toEqual(['refreshed']);
}
