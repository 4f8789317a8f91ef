import { randomUUID } from 'node:crypto';
import { connectDatabase, connectSession, endSession } from '../../src/db/database';
import { insertAuditRows, type AuditRow } from '../../src/repositories/audit';
import { silent } from '../support/broker';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { until } from '../support/until';
import { auditEntry, startLane } from './entry';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

async function value<T>(text: string, values: unknown[] = []): Promise<T> {
  return (await database.query<{ value: T }>(text, values)).rows[0]?.value as T;
}

const settledBatch = async (): Promise<number> =>
  Number(await value<string>('select otobot_settled_audit_batch() as value'));
const rowsUpTo = (batch: number): Promise<string> =>
  value('select count(*) as value from audit where batch <= $1', [batch]);

/** A process as the audit knows it: a lane with connections of its own, which writes one entry after the other until it is told to stop. */
function startWriter(): { written: () => number; stop(): Promise<void> } {
  const pool = connectDatabase({ url: database.url, role: 'otobot_audit', max: 2, log: silent });
  const lane = startLane(pool);
  let stopped = false;
  let written = 0;
  const write = async (): Promise<void> => {
    while (!stopped) {
      await lane.commit(auditEntry());
      written++;
    }
  };
  const writing = Promise.all([write(), write(), write(), write()]);
  return {
    written: () => written,
    stop: async () => {
      stopped = true;
      await writing;
      await pool.close();
    },
  };
}

test('what is settled stays as it is, while four processes write and their backends are killed', async () => {
  // Between the number and the end of its statement there is time for others to be faster.
  await database.query(
    `create function linger() returns trigger language plpgsql as 'begin perform pg_sleep(random() / 100); return null; end'`,
  );
  await database.query('create trigger linger after insert on audit for each statement execute function linger()');
  const writers = [startWriter(), startWriter(), startWriter(), startWriter()];
  const seen: { batch: number; rows: string }[] = [];
  const written = (): number => writers.reduce((sum, writer) => sum + writer.written(), 0);
  for (let round = 0; round < 60; round++) {
    await until('the writers are further', () => written() > round * 4);
    const batch = await settledBatch();
    seen.push({ batch, rows: await rowsUpTo(batch) });
    if (round % 20 === 19) {
      await database.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'otobot otobot_audit'`,
      );
    }
  }
  await Promise.all(writers.map((writer) => writer.stop()));
  expect(seen.at(-1)?.batch).toBeGreaterThan(seen[0]?.batch ?? 0);
  for (const { batch, rows } of seen) expect(await rowsUpTo(batch)).toBe(rows);
  expect(await value('select count(*)::int as value from audit')).toBe(written());
  expect(await value('select count(*)::int as value from audit where batch is null')).toBe(0);
});

test('a number that was drawn is not settled before its statement has ended, also where it was killed', async () => {
  const before = await settledBatch();
  const lane = await connectSession(database.url, 'otobot_audit');
  await lane.query('begin');
  const { rows } = await lane.query<{ number: string }>('select otobot_audit_batch() as number');
  const drawn = Number(rows[0]?.number);
  expect(drawn).toBe(before + 1);
  const settling = settledBatch();
  await until('the sealer waits for the lane', () =>
    value<boolean>(`select exists (select from pg_locks where locktype = 'advisory' and not granted) as value`),
  );
  await database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'otobot otobot_audit'`,
  );
  expect(await settling).toBe(drawn);
  await endSession(lane);
});

test('the statement draws its number under the lock, and all its rows carry it', async () => {
  const pool = connectDatabase({ url: database.url, role: 'otobot_audit', max: 2, log: silent });
  const sealer = await connectSession(database.url, null);
  await sealer.query('begin');
  const { rows } = await sealer.query<{ batch: string }>('select otobot_settled_audit_batch() as batch');
  const writing = insertAuditRows(pool, randomUUID(), [row(1), row(2), row(3)], { again: false });
  await until('the lane waits for the sealer', () =>
    value<boolean>(`select exists (select from pg_locks where locktype = 'advisory' and not granted) as value`),
  );
  expect(await value('select last_value from audit_batches where is_called')).toBeUndefined();
  await sealer.query('commit');
  expect((await writing).stale.size).toBe(0);
  expect(await value('select array_agg(distinct batch)::int[] as value from audit')).toEqual([
    Number(rows[0]?.batch) + 1,
  ]);
  await endSession(sealer);
  await pool.close();
});

test('a batch of unknown outcome is sent again, and written once', async () => {
  const pool = connectDatabase({ url: database.url, role: 'otobot_audit', max: 2, log: silent });
  const organizationId = await value<string>(`select id as value from organizations where name = 'default'`);
  const processId = randomUUID();
  const rows = [row(1), { ...row(2), organizationId }, row(3), { ...row(4), organizationId }];
  await insertAuditRows(pool, processId, rows.slice(0, 2), { again: false });
  const { stale } = await insertAuditRows(pool, processId, rows, { again: true });
  expect([...stale]).toEqual([]);
  expect(await value('select array_agg(sequence order by sequence)::int[] as value from audit')).toEqual([1, 2, 3, 4]);
  // Another process counts for itself.
  await insertAuditRows(pool, randomUUID(), rows, { again: true });
  expect(await value('select count(*)::int as value from audit')).toBe(8);
  await pool.close();
});

const row = (sequence: number): AuditRow => ({
  ...auditEntry(),
  ...{ policyVersion: null, connectionVersion: null, usableUntil: null, quota: null, sequence },
});
