import { connectDatabase, type Database } from '../../src/db/database';
import { dropOldAudit } from '../../src/repositories/audit-retention';
import { makePartitions } from '../../src/repositories/refresh-history';
import { setScene, type Scene } from '../refresh/scene';
import { until } from '../support/until';

let scene: Scene;
const open: Database[] = [];
/** A connection that is made before the clock is moved does not see it move. */
function connect(role: 'otobot_refresh' | 'otobot_serve' | null): Database {
  const database = connectDatabase({ url: scene.db.url, role, log: scene.log, max: 2 });
  open.push(database);
  return database;
}
beforeEach(async () => {
  scene = await setScene();
});
afterEach(async () => {
  await scene.stopWorkers();
  await Promise.all(open.splice(0).map((database) => database.close()));
  await scene.close();
});

async function value<T>(text: string, values: unknown[] = []): Promise<T> {
  return (await scene.db.query<{ value: T }>(text, values)).rows[0]?.value as T;
}
const moveClock = (offset: string) =>
  scene.db.query(`alter database ${new URL(scene.db.url).pathname.slice(1)} set otobot.clock_offset = '${offset}'`);
const write = (at: string, rows = 1) =>
  scene.db.query(
    `insert into audit (occurred_at, process_id, sequence, action, code, actor)
     select ${at}, gen_random_uuid(), n, 'test', 'test', 'test' from generate_series(1, ${rows}) n`,
  );
/** How many rows are left of each day, counted from the real today. */
const kept = (): Promise<Record<string, number>> =>
  value(
    `select coalesce(jsonb_object_agg(day, rows), '{}') as value
       from (select (occurred_at at time zone 'UTC')::date - (now() at time zone 'UTC')::date as day, count(*) as rows
               from audit where action = 'test' group by 1) d`,
  );
const told = (): Promise<unknown> =>
  value(
    `select jsonb_agg(jsonb_build_array((detail->>'day')::date - (now() at time zone 'UTC')::date, detail->'rows')
                      order by detail->>'day') as value from audit where action = 'audit.pruned'`,
  );
const drop = (keepDays: number): Promise<number> => dropOldAudit(connect('otobot_refresh'), keepDays);

test('whole days go when they are older than what is kept, nothing younger does, and each leaves a row that tells of it', async () => {
  await makePartitions(connect('otobot_refresh'), 2);
  await write('now()', 3);
  await write(`now() + interval '1 day'`, 2);
  await moveClock('41 days');
  expect(await drop(41)).toBe(0);
  expect(await drop(40)).toBe(1);
  expect(await kept()).toEqual({ 1: 2 });
  expect(await told()).toEqual([[0, 3]]);
  expect(await drop(30)).toBe(2);
  expect(await kept()).toEqual({});
  // A day on which nothing happened leaves nothing.
  expect(await told()).toEqual([
    [0, 3],
    [1, 2],
  ]);
  expect(
    await value(
      `select o.name || ' ' || a.actor || ' ' || (a.batch is not null) as value
         from audit a join organizations o on o.id = a.organization_id where a.action = 'audit.pruned' limit 1`,
    ),
  ).toBe('default retention true');
});

test('what stands in no day of its own goes by whole days as well', async () => {
  await write(`now() - interval '50 days'`, 3);
  await write(`now() - interval '40 days'`, 2);
  await write(`now() - interval '20 days'`, 1);
  expect(await drop(30)).toBe(2);
  expect(await kept()).toEqual({ '-20': 1 });
  expect(await told()).toEqual([
    [-50, 3],
    [-40, 2],
  ]);
});

test('less than thirty days are refused by the database itself, and so is anybody but a worker', async () => {
  await write(`now() - interval '29 days'`);
  await expect(drop(29)).rejects.toThrow('at least 30 days');
  await expect(dropOldAudit(connect('otobot_serve'), 30)).rejects.toThrow('permission denied');
  expect(await kept()).toEqual({ '-29': 1 });
});

test('it waits for nobody: while the audit is in use the day is left for the next time', async () => {
  await write('now()');
  await moveClock('50 days');
  await connect(null).transaction(async (tx) => {
    await tx.query({ text: 'select count(*) from audit' });
    expect(await drop(30)).toBe(0);
  });
  expect(await drop(30)).toBeGreaterThan(0);
  expect(await told()).toEqual([[0, 1]]);
});

test('two workers that drop at once drop each day once', async () => {
  for (const days of [60, 61, 62]) await write(`now() - interval '${days} days'`);
  await Promise.all([drop(30), drop(30), drop(30)]);
  await drop(30);
  expect(await told()).toEqual([
    [-62, 1],
    [-61, 1],
    [-60, 1],
  ]);
});

test('a worker does it by itself, unless the audit is kept for ever', async () => {
  await write(`now() - interval '400 days'`);
  await write(`now() - interval '300 days'`);
  await scene.worker({}, { auditDays: 0 });
  await scene.stopWorkers();
  expect(await kept()).toEqual({ '-400': 1, '-300': 1 });
  await scene.worker();
  await until('it is dropped', async () => Object.keys(await kept()).length === 1);
  expect(await kept()).toEqual({ '-300': 1 });
});
