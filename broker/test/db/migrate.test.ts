import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { migrate, type MigrateResult } from '../../src/db/migrate';
import { createEmptyDatabase, type TestDatabase } from '../support/database';
import { until } from '../support/until';

let database: TestDatabase;
let directory: string;
beforeEach(async () => {
  database = await createEmptyDatabase();
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'otobot-sql-'));
  write('0001_one.sql', 'create table one (id int);\ncreate table log (line text);');
  write('0002_two.sql', "create table two (id int);\ninsert into log values ('two');");
});
afterEach(async () => {
  fs.rmSync(directory, { recursive: true });
  await database.drop();
});

function write(name: string, text: string): void {
  fs.writeFileSync(path.join(directory, name), text);
}

function run(): Promise<MigrateResult> {
  return migrate({ url: database.url, directory, log: { info: () => undefined } });
}

async function tables(): Promise<string[]> {
  const { rows } = await database.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'otobot_migrations' order by 1",
  );
  return rows.map(({ name }) => name);
}

test('files are applied once, in their order, and files for psql by hand are left alone', async () => {
  write('create-frontend-database.sql', 'this is not for us');
  expect(await run()).toEqual({ applied: ['0001_one.sql', '0002_two.sql'], version: '0002_two' });
  expect(await run()).toEqual({ applied: [], version: '0002_two' });
  write('0003_three.sql', 'create table three (id int)');
  expect(await run()).toEqual({ applied: ['0003_three.sql'], version: '0003_three' });
  expect(await tables()).toEqual(['log', 'one', 'three', 'two']);
});

test('several at once apply each file once, and all succeed', async () => {
  const results = await Promise.all([run(), run(), run()]);
  expect(results.flatMap(({ applied }) => applied)).toEqual(['0001_one.sql', '0002_two.sql']);
  expect((await database.query('select line from log')).rows).toEqual([{ line: 'two' }]);
});

test('a file that fails leaves nothing of itself, names its line, and is taken up again', async () => {
  write('0002_two.sql', 'create table two (id int);\n\nselect nothing_of_this_name;');
  await expect(run()).rejects.toThrow('0002_two.sql, line 3: column "nothing_of_this_name" does not exist');
  expect(await tables()).toEqual(['log', 'one']);
  write('0002_two.sql', 'create table two (id int);');
  expect((await run()).applied).toEqual(['0002_two.sql']);
  expect(await tables()).toEqual(['log', 'one', 'two']);
});

test('a process that dies in the middle of a file leaves nothing of it, and the one waiting goes on', async () => {
  // Only the first session to come here stays in the middle: its successor finds the gate open.
  await database.query('create table gate (open boolean)');
  await database.query('insert into gate values (false)');
  write('0002_two.sql', 'create table two (id int); select pg_sleep(60) from gate where not open;');
  const sleeping = "select pid from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'";
  const first = run();
  const failed = expect(first).rejects.toThrow(/0002_two\.sql/);
  const { pid } = await until(
    'the first is in the middle',
    async () => (await database.query<{ pid: number }>(sleeping)).rows[0],
  );
  const second = run();
  const waiting =
    "select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())";
  await until('the second waits', async () => (await database.query(waiting)).rowCount === 1);
  await database.query('update gate set open = true');
  await database.query('select pg_terminate_backend($1)', [pid]);
  await failed;
  expect((await second).applied).toEqual(['0002_two.sql']);
  expect(await tables()).toEqual(['gate', 'log', 'one', 'two']);
});

test('a file that was changed after it had been applied is refused, and nothing after it is applied', async () => {
  await run();
  write('0001_one.sql', 'create table another (id int)');
  write('0003_three.sql', 'create table three (id int)');
  await expect(run()).rejects.toMatchObject({
    mistakes: [{ name: 'sql/0001_one.sql', message: expect.stringMatching(/was changed/) as unknown }],
  });
  expect(await tables()).toEqual(['log', 'one', 'two']);
});

test('line ends of another checkout are no change', async () => {
  await run();
  const file = path.join(directory, '0001_one.sql');
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replaceAll('\n', '\r\n'));
  expect((await run()).applied).toEqual([]);
});

test('a database newer than the files is refused and told apart from a change', async () => {
  await run();
  fs.rmSync(path.join(directory, '0002_two.sql'));
  await expect(run()).rejects.toMatchObject({
    mistakes: [
      { name: 'DATABASE_URL', message: expect.stringMatching(/newer than this Otobot.*0002_two\.sql/) as unknown },
    ],
  });
});

test.each([
  ['that comes before applied ones', '0000_late.sql'],
  ['of an applied one', '0002_zwei.sql'],
])('a new file with a number %s is refused', async (_, name) => {
  await run();
  write(name, 'create table late (id int)');
  await expect(run()).rejects.toMatchObject({
    mistakes: [{ name: `sql/${name}`, message: expect.stringMatching(/number/) as unknown }],
  });
  expect(await tables()).toEqual(['log', 'one', 'two']);
});
