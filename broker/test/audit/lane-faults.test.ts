import { connectDatabase, type Database } from '../../src/db/database';
import type { AuditLane } from '../../src/services/audit/audit-lane';
import { silent } from '../support/broker';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { startDatabaseProxy, type DatabaseProxy } from '../support/database-proxy';
import { until } from '../support/until';
import { auditEntry, startLane } from './entry';

let database: TestDatabase;
let proxy: DatabaseProxy;
let pool: Database;
let lane: AuditLane;
beforeEach(async () => {
  database = await createTestDatabase();
  proxy = await startDatabaseProxy(database.url);
  pool = connectDatabase({
    ...{ url: proxy.url, role: 'otobot_audit' as const, max: 2, log: silent },
    ...{ statementTimeoutMs: 2_000, answerWithinMs: 2_500 },
  });
  lane = startLane(pool);
  expect(await outcome()).toBe('committed');
});
afterEach(async () => {
  await pool.close();
  await proxy.close();
  await database.drop();
});

const outcome = (): Promise<string> =>
  lane.commit(auditEntry()).catch((error: unknown) => (error as { code: string }).code);
const rows = async (): Promise<number> =>
  (await database.query<{ n: number }>('select count(*)::int as n from audit')).rows[0]?.n ?? 0;
const worksAgain = (): Promise<boolean> => until('it commits again', async () => (await outcome()) === 'committed');

test('a server that accepts everything and answers nothing: refused, and committing again once it answers', async () => {
  proxy.hang();
  expect(new Set(await Promise.all(Array.from({ length: 20 }, outcome)))).toEqual(new Set(['audit_unavailable']));
  proxy.mend();
  await worksAgain();
});

test('a server that is away: refused, and committing again once it is back', async () => {
  proxy.cut();
  expect(await outcome()).toBe('audit_unavailable');
  proxy.mend();
  await worksAgain();
});

test('connections that are cut in the middle of statements: each entry that was committed is there once', async () => {
  let committed = 1;
  const write = async (): Promise<void> => {
    for (let i = 0; i < 50; i++) if ((await outcome()) === 'committed') committed++;
  };
  const writing = Promise.all([write(), write(), write(), write()]);
  for (let i = 0; i < 10; i++) {
    proxy.cut();
    proxy.mend();
    const before = committed;
    await until('some more are written', () => committed > before + 3);
  }
  await writing;
  expect(committed).toBe(201);
  expect(await rows()).toBe(committed);
});

test('a database that only reads: refused', async () => {
  const name = new URL(database.url).pathname.slice(1);
  await database.query(`alter database ${name} set default_transaction_read_only = on`);
  proxy.cut();
  proxy.mend();
  expect(await outcome()).toBe('audit_unavailable');
});

test('beyond what may wait, the next is refused at once, and the waiting ones are not harmed', async () => {
  proxy.hang();
  let ended = 0;
  const waiting = Array.from({ length: 5_000 }, () => outcome().then(() => ended++));
  expect(await outcome()).toBe('audit_unavailable');
  expect(ended).toBe(0);
  proxy.mend();
  await Promise.all(waiting);
  await worksAgain();
});

test('what PostgreSQL cannot keep is refused, and nobody else of its batch', async () => {
  const before = await rows();
  const bad = { workflowId: 'a\0b' };
  const entries = Array.from({ length: 40 }, (_, n) => auditEntry([3, 20, 21].includes(n) ? bad : {}));
  const outcomes = await Promise.all(
    entries.map((entry) => lane.commit(entry).catch((error: unknown) => (error as { code: string }).code)),
  );
  expect(outcomes.flatMap((told, n) => (told === 'committed' ? [] : [`${n} ${told}`]))).toEqual([
    '3 audit_unavailable',
    '20 audit_unavailable',
    '21 audit_unavailable',
  ]);
  expect(await rows()).toBe(before + 37);
});
