import fs from 'node:fs';
import path from 'node:path';
import { readLines } from '../../src/spool/lines';
import { startDatabaseProxy, type DatabaseProxy } from '../support/database-proxy';
import { until } from '../support/until';
import {
  addConnection,
  addReach,
  makeDue,
  outcomesOf,
  setScene,
  stored,
  tokensOf,
  type Added,
  type Scene,
} from './scene';
import { startWorkerProcess, type WorkerProcess } from './worker-processes';

let scene: Scene;
let folder: string;
const running: (() => Promise<void>)[] = [];
beforeAll(async () => {
  scene = await setScene();
  folder = path.join(scene.dataDir, 'spool');
});
afterAll(() => scene.close());
afterEach(async () => {
  await Promise.all(running.splice(0).map((stop) => stop()));
  await scene.stopWorkers();
  await scene.db.query('update connections set next_refresh_at = null');
  scene.provider.reset();
  for (const name of filesEnding('')) if (name !== 'folder-id') fs.rmSync(path.join(folder, name));
});

interface Cuttable {
  process: WorkerProcess;
  proxy: DatabaseProxy;
}

/** A worker whose database can be taken away. */
async function cuttableWorker(): Promise<Cuttable> {
  const proxy = await startDatabaseProxy(scene.db.url);
  const process = await startWorkerProcess(scene, { databaseUrl: proxy.url });
  running.push(async () => {
    await process.kill();
    await proxy.close();
  });
  return { process, proxy };
}

const filesEnding = (end: string): string[] =>
  fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith(end)) : [];
const spooled = (): number =>
  filesEnding('.spool').flatMap((name) => readLines(fs.readFileSync(path.join(folder, name))).payloads).length;
const spooledIs = (answers: number) => until(`${answers} answers are in the spool`, () => spooled() === answers);
const spoolIsEmpty = () => until('the spool is empty', () => filesEnding('.spool').length === 0);
const generationIs = (id: string, generation: number) =>
  until(`connection has generation ${generation}`, async () => (await stored(scene, id)).generation === generation);

/** Strict: who loses the answer has lost the account. */
const addStrict = async (): Promise<Added> => addConnection(scene, await addReach(scene), { due: 'null' });

/** The database goes away while the provider is asked; resolves when the answer is on the disk. */
async function answerInTheDark({ proxy }: Cuttable, how: 'cut' | 'hang', added: readonly Added[]): Promise<void> {
  const before = scene.provider.calls.length;
  const alreadySpooled = spooled();
  scene.provider.next({ delayMs: 300 }, added.length);
  await scene.db.query('update connections set next_refresh_at = otobot_now() where id = any ($1)', [
    added.map(({ id }) => id),
  ]);
  await scene.provider.received(before + added.length);
  proxy[how]();
  await spooledIs(alreadySpooled + added.length);
}

async function expectRotatedTokenIsThere({ id, issued }: Added): Promise<void> {
  await generationIs(id, 2);
  const tokens = await tokensOf(scene, id);
  expect(scene.provider.isLive(issued.refreshToken)).toBe(false);
  expect(scene.provider.isLive(tokens?.refreshToken ?? '')).toBe(true);
  expect(scene.provider.accepts(tokens?.accessToken ?? '')).toBe(true);
  expect(await stored(scene, id)).toMatchObject({ status: 'active', uncertain_since: null });
  expect(await outcomesOf(scene, id)).toEqual(['refreshed']);
}

test.each(['cut', 'hang'] as const)(
  'database gone (%s) between answer and commit, then the worker killed: the next worker has the rotated token',
  async (how) => {
    const added = await addStrict();
    const worker = await cuttableWorker();
    await answerInTheDark(worker, how, [added]);
    await worker.process.kill();
    expect((await stored(scene, added.id)).generation).toBe(1);

    await scene.worker();
    await expectRotatedTokenIsThere(added);
    await spoolIsEmpty();
    expect(scene.provider.calls).toHaveLength(1);
  },
);

test('the answer of an attempt that was swept meanwhile still wins', async () => {
  const added = await addStrict();
  const worker = await cuttableWorker();
  await answerInTheDark(worker, 'cut', [added]);
  await worker.process.kill();
  await scene.db.query(`update connections set status = 'uncertain', uncertain_since = otobot_now(), lease_until = null,
                        next_refresh_at = otobot_now() + interval '1 hour' where id = $1`, [added.id]); // prettier-ignore
  await scene.worker();
  await expectRotatedTokenIsThere(added);
});

test('spools of several dead workers are all adopted, by a worker that was running already too', async () => {
  const watcher = await cuttableWorker();
  watcher.proxy.cut(); // or it would take part
  const first = await cuttableWorker();
  const ones = [await addStrict(), await addStrict()];
  await answerInTheDark(first, 'cut', ones);
  await first.process.kill();
  const second = await cuttableWorker();
  // It has adopted those of the first before it claimed anything.
  for (const added of ones) await expectRotatedTokenIsThere(added);
  const others = [await addStrict(), await addStrict(), await addStrict()];
  await answerInTheDark(second, 'cut', others);
  await second.process.kill();
  watcher.proxy.mend();
  for (const added of others) await expectRotatedTokenIsThere(added);
  await spoolIsEmpty();
});

test('a worker that was frozen while its spool was adopted wakes, changes nothing, and goes on', async () => {
  const added = await addStrict();
  const frozen = await cuttableWorker();
  await answerInTheDark(frozen, 'cut', [added]);
  frozen.process.signal('SIGSTOP');
  const other = await scene.worker();
  await expectRotatedTokenIsThere(added);
  await spoolIsEmpty();
  await other.stop();
  const before = await stored(scene, added.id);

  frozen.proxy.mend();
  frozen.process.signal('SIGCONT');
  const next = await addStrict();
  await makeDueFirst(next);
  await expectRotatedTokenIsThere(next);
  expect(await stored(scene, added.id)).toEqual({ ...before, next_in: expect.any(Number) as number });
  const { rows } = await scene.db.query('select kind from token_sets where connection_id = $1 order by kind', [
    added.id,
  ]);
  expect(rows).toEqual([{ kind: 'current' }, { kind: 'previous' }]);
  expect(await outcomesOf(scene, added.id)).toEqual(['refreshed']);
});

test('a worker that lives writes what it spooled by itself, and its spool is gone', async () => {
  const added = await addStrict();
  const worker = await cuttableWorker();
  await answerInTheDark(worker, 'cut', [added]);
  worker.proxy.mend();
  await expectRotatedTokenIsThere(added);
  await spoolIsEmpty();
  expect(await outcomesOf(scene, added.id)).toEqual(['refreshed']);
});

test('of a torn tail and of damaged or unknown lines nothing is used, what is whole is, and what might be worth something is kept', async () => {
  const added = await addStrict();
  const worker = await cuttableWorker();
  await answerInTheDark(worker, 'cut', [added]);
  await worker.process.kill();
  const file = path.join(folder, filesEnding('.spool')[0] ?? '');
  const [line = ''] = fs.readFileSync(file, 'utf8').split('\n');
  const damaged = line.replace('"refreshed"', '"refreshec"');
  expect(damaged).not.toBe(line);
  fs.writeFileSync(file, `${damaged}\n${line}\notobot-spool-2 of a later version\n${line.slice(0, 100)}`);

  await scene.worker();
  await expectRotatedTokenIsThere(added);
  await spoolIsEmpty();
  const [aside = ''] = filesEnding('.aside');
  expect(fs.readFileSync(path.join(folder, aside), 'utf8')).toBe(`${damaged}\notobot-spool-2 of a later version\n`);
  expect(scene.lines.filter(({ level }) => level === 'error').map(({ fields }) => fields.file)).toEqual([
    path.join(folder, aside),
  ]);
});

test('an answer for a connection that was deleted meanwhile is told of and dropped', async () => {
  const [gone, there] = [await addStrict(), await addStrict()];
  const worker = await cuttableWorker();
  await answerInTheDark(worker, 'cut', [gone, there]);
  await worker.process.kill();
  await scene.db.query('delete from connections where id = $1', [gone.id]);
  await scene.worker();
  await expectRotatedTokenIsThere(there);
  await spoolIsEmpty();
  expect(scene.lines).toContainEqual({
    level: 'warn',
    message: 'an answer in a spool is for a connection that is gone',
    fields: { connectionId: gone.id, organizationId: scene.organizationId },
  });
});

test('the row of a worker tells what waits in its spool and which keys that needs', async () => {
  const added = await addStrict();
  await cuttableWorker();
  // Only what is in flight is stopped: a lock on the connection holds the commit up, and nothing else.
  scene.provider.next({ delayMs: 300 });
  await makeDueFirst(added);
  await scene.provider.received(1);
  await scene.owner.transaction(async (tx) => {
    await tx.query({ text: 'select from connections where id = $1 for update', values: [added.id] });
    await until('the row says so', async () => (await spoolRow()).spool_depth === 1);
    const row = await spoolRow();
    expect(row.spool_since).not.toBeNull();
    const { rows } = await scene.db.query<{ version: number }>(
      `select version from encryption_keys where purpose in ('access', 'refresh') and status = 'primary' order by version`,
    );
    expect(row.spool_key_versions).toEqual(rows.map(({ version }) => version));
  });
  await expectRotatedTokenIsThere(added);
  await until('the row says that it is over', async () => (await spoolRow()).spool_depth === 0);
  expect(await spoolRow()).toMatchObject({ spool_key_versions: [], spool_since: null });
});

interface SpoolRow {
  spool_depth: number;
  spool_key_versions: number[];
  spool_since: Date | null;
}
const spoolRow = async (): Promise<SpoolRow> =>
  (
    await scene.db.query<SpoolRow>(
      `select spool_depth, spool_key_versions, spool_since from processes where role = 'refresh' order by started_at desc limit 1`,
    )
  ).rows[0] as SpoolRow;

/** For a connection that is not due at any time yet. */
const makeDueFirst = async ({ id }: Added): Promise<void> => {
  await scene.db.query(`update connections set next_refresh_at = 'infinity' where id = $1`, [id]);
  await makeDue(scene, id);
};
