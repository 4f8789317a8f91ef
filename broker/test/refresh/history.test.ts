import { randomUUID } from 'node:crypto';
import { connectDatabase, type Database } from '../../src/db/database';
import { dropOldHistory, makePartitions } from '../../src/repositories/refresh-history';
import { until } from '../support/until';
import { addConnection, addReach, outcomesOf, setScene, stored, type Scene } from './scene';

let scene: Scene;
const open: Database[] = [];
/** A worker's connection to the database: one made before the clock is moved does not see it move. */
const asWorker = (): Database => {
  const database = connectDatabase({ url: scene.db.url, role: 'otobot_refresh', log: scene.log, max: 2 });
  open.push(database);
  return database;
};
beforeEach(async () => {
  scene = await setScene();
});
afterEach(async () => {
  await scene.stopWorkers();
  await Promise.all(open.splice(0).map((database) => database.close()));
  await scene.close();
});

const moveClock = (offset: string) =>
  scene.db.query(`alter database ${new URL(scene.db.url).pathname.slice(1)} set otobot.clock_offset = '${offset}'`);
const drop = (keepDays: number): Promise<number> => dropOldHistory(asWorker(), keepDays);

/** The days for which there are partitions, counted from the real today. */
async function partitions(): Promise<number[]> {
  const { rows } = await scene.db.query<{ day: number }>(
    `select to_date(right(c.relname, 8), 'YYYYMMDD') - (now() at time zone 'UTC')::date as day
       from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'refresh_attempts'::regclass and c.relname !~ 'default' order by 1`,
  );
  return rows.map(({ day }) => day);
}

async function addAttempt(at: string, finished = true): Promise<string> {
  const id = randomUUID();
  await scene.db.query(
    `insert into refresh_attempts (id, started_at, organization_id, connection_id, app_id, generation, worker_number, finished_at, outcome)
     values ($1, ${at}, $2, $3, $3, 1, 1, ${finished ? `${at}, 'refreshed'` : 'null, null'})`,
    [id, scene.organizationId, randomUUID()],
  );
  return id;
}
const isKept = async (id: string): Promise<boolean> =>
  ((await scene.db.query('select from refresh_attempts where id = $1', [id])).rowCount ?? 0) > 0;

test('partitions are there before their day comes', async () => {
  await makePartitions(asWorker(), 5);
  expect(await partitions()).toEqual([0, 1, 2, 3, 4, 5]);
});

test('after a year without workers attempts are recorded all the same, and the next days have partitions again', async () => {
  await moveClock('365 days');
  const { id } = await addConnection(scene, await addReach(scene));
  await addAttempt('otobot_now()');
  await scene.worker();
  await until('it is refreshed', async () => (await stored(scene, id)).generation === 2);
  expect(await outcomesOf(scene, id)).toEqual(['refreshed']);
  expect((await partitions()).filter((day) => day > 300)).toEqual([365, 366, 367]);
});

test('a day for which attempts came before its partition does not keep the days after it from having theirs', async () => {
  const early = await addAttempt(`now() + '30 days'`);
  await moveClock('30 days');
  await makePartitions(asWorker(), 2);
  expect((await partitions()).filter((day) => day > 20)).toEqual([31, 32]);
  expect(await isKept(early)).toBe(true);
});

test('whole days are dropped when they are older than what is kept, and nothing younger', async () => {
  const [today, tomorrow] = [await addAttempt('now()'), await addAttempt(`now() + '1 day'`)];
  await moveClock('11 days');
  await makePartitions(asWorker(), 2);
  expect(await drop(11)).toBe(0);
  expect(await drop(10)).toBe(1);
  expect([await isKept(today), await isKept(tomorrow)]).toEqual([false, true]);
  expect(await drop(2)).toBe(2);
  expect(await partitions()).toEqual([11, 12, 13]);
});

test('a day with an attempt that nobody has ended stays, and goes when it has ended', async () => {
  const hanging = await addAttempt('now()', false);
  await moveClock('5 days');
  expect(await drop(2)).toBe(2);
  expect(await isKept(hanging)).toBe(true);
  await scene.db.query(`update refresh_attempts set finished_at = now(), outcome = 'uncertain'`);
  expect(await drop(2)).toBe(1);
  expect(await isKept(hanging)).toBe(false);
});

test('what stands in no day of its own is pruned as well', async () => {
  const [old, hanging, young] = [
    await addAttempt(`now() - interval '20 days'`),
    await addAttempt(`now() - interval '20 days'`, false),
    await addAttempt(`now() - interval '1 day'`),
  ];
  expect(await drop(10)).toBe(1);
  expect([await isKept(old), await isKept(hanging), await isKept(young)]).toEqual([false, true, true]);
});

test('pruning waits for nobody: while the table is in use it is left for the next time', async () => {
  await moveClock('5 days');
  const reader = connectDatabase({ url: scene.db.url, role: null, log: scene.log, max: 1 });
  open.push(reader);
  await reader.transaction(async (tx) => {
    await tx.query({ text: 'select count(*) from refresh_attempts' });
    expect(await drop(2)).toBe(0);
  });
  expect(await drop(2)).toBe(3);
});

test('a worker prunes by itself, unless history is kept for ever', async () => {
  const id = await addAttempt('now()');
  await moveClock('100 days');
  await scene.worker({}, { historyDays: 0 });
  const { id: connection } = await addConnection(scene, await addReach(scene));
  await until('it works', async () => (await stored(scene, connection)).generation === 2);
  expect(await isKept(id)).toBe(true);
  await scene.worker();
  await until('it is pruned', async () => !(await isKept(id)));
});
