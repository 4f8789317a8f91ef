import fs from 'node:fs';
import path from 'node:path';
import { until } from '../support/until';
import { makeDue, outcomesOf, stored, type Added } from './scene';
import {
  addStrict,
  expectRotatedTokenIsThere,
  setSpoolScene,
  spooledIs,
  spoolIsEmpty,
  type Cuttable,
  type SpoolScene,
} from './spool-scene';

let scene: SpoolScene;
beforeAll(async () => {
  scene = await setSpoolScene();
});
afterAll(() => scene.close());
afterEach(() => scene.clear());

/** The database goes away while the provider is asked; resolves when the answers are on the disk. */
async function spoolAnswers(worker: Cuttable, how: 'cut' | 'hang', added: readonly Added[]): Promise<void> {
  const before = scene.spooled();
  await scene.answerInTheDark(worker, how, added);
  await spooledIs(scene, before + added.length);
}

test.each(['cut', 'hang'] as const)(
  'database gone (%s) between answer and commit, then the worker killed: the next worker has the rotated token',
  async (how) => {
    const added = await addStrict(scene);
    const worker = await scene.cuttableWorker();
    await spoolAnswers(worker, how, [added]);
    await worker.process.kill();
    expect((await stored(scene, added.id)).generation).toBe(1);

    await scene.worker();
    await expectRotatedTokenIsThere(scene, added);
    await spoolIsEmpty(scene);
    expect(scene.provider.calls).toHaveLength(1);
  },
);

test('the answer of an attempt that was swept meanwhile still wins', async () => {
  const added = await addStrict(scene);
  const worker = await scene.cuttableWorker();
  await spoolAnswers(worker, 'cut', [added]);
  await worker.process.kill();
  await scene.db.query(`update connections set status = 'uncertain', uncertain_since = otobot_now(), lease_until = null,
                        next_refresh_at = otobot_now() + interval '1 hour' where id = $1`, [added.id]); // prettier-ignore
  await scene.worker();
  await expectRotatedTokenIsThere(scene, added);
});

test('spools of several dead workers are all adopted, by a worker that was running already too', async () => {
  const watcher = await scene.cuttableWorker();
  watcher.proxy.cut(); // or it would take part
  const first = await scene.cuttableWorker();
  const ones = [await addStrict(scene), await addStrict(scene)];
  await spoolAnswers(first, 'cut', ones);
  await first.process.kill();
  const second = await scene.cuttableWorker();
  // It has adopted those of the first before it claimed anything.
  for (const added of ones) await expectRotatedTokenIsThere(scene, added);
  const others = [await addStrict(scene), await addStrict(scene), await addStrict(scene)];
  await spoolAnswers(second, 'cut', others);
  await second.process.kill();
  watcher.proxy.mend();
  for (const added of others) await expectRotatedTokenIsThere(scene, added);
  await spoolIsEmpty(scene);
});

test('a worker that was frozen while its spool was adopted wakes, changes nothing, and goes on', async () => {
  const added = await addStrict(scene);
  const frozen = await scene.cuttableWorker();
  await spoolAnswers(frozen, 'cut', [added]);
  frozen.process.signal('SIGSTOP');
  const other = await scene.worker();
  await expectRotatedTokenIsThere(scene, added);
  await spoolIsEmpty(scene);
  await other.stop();
  const before = await stored(scene, added.id);

  frozen.proxy.mend();
  frozen.process.signal('SIGCONT');
  const next = await addStrict(scene);
  await makeDueFirst(next);
  await expectRotatedTokenIsThere(scene, next);
  expect(await stored(scene, added.id)).toEqual({ ...before, next_in: expect.any(Number) as number });
  const { rows } = await scene.db.query('select kind from token_sets where connection_id = $1 order by kind', [
    added.id,
  ]);
  expect(rows).toEqual([{ kind: 'current' }, { kind: 'previous' }]);
  expect(await outcomesOf(scene, added.id)).toEqual(['refreshed']);
});

test('a worker that lives writes what it spooled by itself, and its spool is gone', async () => {
  const added = await addStrict(scene);
  const worker = await scene.cuttableWorker();
  await spoolAnswers(worker, 'cut', [added]);
  worker.proxy.mend();
  await expectRotatedTokenIsThere(scene, added);
  await spoolIsEmpty(scene);
  expect(await outcomesOf(scene, added.id)).toEqual(['refreshed']);
});

test('of a torn tail and of damaged or unknown lines nothing is used, what is whole is, and what might be worth something is kept', async () => {
  const added = await addStrict(scene);
  const worker = await scene.cuttableWorker();
  await spoolAnswers(worker, 'cut', [added]);
  await worker.process.kill();
  const file = path.join(scene.folder, scene.filesEnding('.spool')[0] ?? '');
  const [line = ''] = fs.readFileSync(file, 'utf8').split('\n');
  const damaged = line.replace('"refreshed"', '"refreshec"');
  expect(damaged).not.toBe(line);
  fs.writeFileSync(file, `${damaged}\n${line}\notobot-spool-2 of a later version\n${line.slice(0, 100)}`);

  await scene.worker();
  await expectRotatedTokenIsThere(scene, added);
  await spoolIsEmpty(scene);
  const [aside = ''] = scene.filesEnding('.aside');
  expect(fs.readFileSync(path.join(scene.folder, aside), 'utf8')).toBe(
    `${damaged}\notobot-spool-2 of a later version\n`,
  );
  expect(scene.lines.filter(({ level }) => level === 'error').map(({ fields }) => fields.file)).toEqual([
    path.join(scene.folder, aside),
  ]);
});

test('an answer for a connection that was deleted meanwhile is told of and dropped', async () => {
  const [gone, there] = [await addStrict(scene), await addStrict(scene)];
  const worker = await scene.cuttableWorker();
  await spoolAnswers(worker, 'cut', [gone, there]);
  await worker.process.kill();
  await scene.db.query('delete from connections where id = $1', [gone.id]);
  await scene.worker();
  await expectRotatedTokenIsThere(scene, there);
  await spoolIsEmpty(scene);
  expect(scene.lines).toContainEqual({
    level: 'warn',
    message: 'an answer in a spool is for a connection that is gone',
    fields: { connectionId: gone.id, organizationId: scene.organizationId },
  });
});

test('the row of a worker tells what waits in its spool and which keys that needs', async () => {
  const added = await addStrict(scene);
  await scene.cuttableWorker();
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
  await expectRotatedTokenIsThere(scene, added);
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
