import { randomUUID } from 'node:crypto';
import { connectDatabase, type Database } from '../../src/db/database';
import { insertAuditRows, type AuditRow, type Quota } from '../../src/repositories/audit';
import type { AuditLane } from '../../src/services/audit/audit-lane';
import { silent } from '../support/broker';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { auditEntry, startLane } from './entry';

let database: TestDatabase;
let organizationId: string;
let pools: Database[];
beforeEach(async () => {
  database = await createTestDatabase();
  pools = [];
  organizationId = await value(`select id as value from organizations where name = 'default'`);
  await atTime('2026-06-15T12:00:00Z');
});
afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
  await database.drop();
});

async function value<T>(text: string, values: unknown[] = []): Promise<T> {
  return (await database.query<{ value: T }>(text, values)).rows[0]?.value as T;
}

/** The whole database is then; connections that are opened from now on know it. */
async function atTime(moment: string): Promise<void> {
  const name = new URL(database.url).pathname.slice(1);
  const offset = await value<string>(`select (extract(epoch from $1::timestamptz - now())::bigint || ' s') as value`, [
    moment,
  ]);
  await database.query(`alter database ${name} set otobot.clock_offset = '${offset}'`);
}

function openPool(): Database {
  const pool = connectDatabase({ url: database.url, role: 'otobot_audit', max: 2, log: silent });
  pools.push(pool);
  return pool;
}

async function storeKey(id: string): Promise<void> {
  await database.query(
    `insert into access_keys (id, organization_id, name, environment, scopes, hint, secret_hash, row_mac, pepper_version)
     values ($1, $2, 'test', 'live', '{}', '', '', '', 1)`,
    [id, organizationId],
  );
}

const release = (keyId: string) =>
  auditEntry({ organizationId, action: 'credential.read', code: 'released', actor: `key:${keyId}` });

/** How each of so many releases ended: `committed`, or how many seconds the caller is told to wait. */
function releases(lane: AuditLane, times: number, quota: Quota): Promise<(string | number)[]> {
  return Promise.all(
    Array.from({ length: times }, () =>
      lane.commit(release(quota.keyId), undefined, quota).catch((error: unknown) => {
        const { code, extras } = error as { code: string; extras: { retryAfterSeconds: number } };
        expect(code).toBe('quota_exceeded');
        return extras.retryAfterSeconds;
      }),
    ),
  );
}

const committed = (results: (string | number)[]): number => results.filter((result) => result === 'committed').length;
const audited = (keyId: string): Promise<number> =>
  value(`select count(*)::int as value from audit where actor = $1 and code = 'released'`, [`key:${keyId}`]);
const counted = (keyId: string): Promise<unknown> =>
  value(`select array[day_count, month_count]::int[] as value from access_key_usage where key_id = $1`, [keyId]);

test('four processes together release exactly what the quotas of two keys allow', async () => {
  await storeKey('a');
  await storeKey('b');
  const a: Quota = { keyId: 'a', perDay: 100, perMonth: null };
  const b: Quota = { keyId: 'b', perDay: null, perMonth: 50 };
  // Between counting and the end of its statement there is time for others to count.
  await database.query(
    `create function linger() returns trigger language plpgsql as 'begin perform pg_sleep(0.02); return null; end'`,
  );
  await database.query('create trigger linger after insert on audit for each statement execute function linger()');
  const lanes = [1, 2, 3, 4].map(() => startLane(openPool()));
  const results = await Promise.all(lanes.map((lane) => Promise.all([releases(lane, 60, a), releases(lane, 60, b)])));
  expect(committed(results.flatMap(([ofA]) => ofA))).toBe(100);
  expect(committed(results.flatMap(([, ofB]) => ofB))).toBe(50);
  expect([await audited('a'), await audited('b')]).toEqual([100, 50]);
  expect([await counted('a'), await counted('b')]).toEqual([
    [100, 100],
    [50, 50],
  ]);
});

test('of one batch the first ones are released, and the others are told when there is more', async () => {
  await storeKey('a');
  const quota: Quota = { keyId: 'a', perDay: 3, perMonth: 5 };
  const rows = [1, 2, 3, 4, 5].map((sequence) => row(sequence, quota));
  const { overQuota } = await insertAuditRows(openPool(), randomUUID(), rows, { again: false });
  expect([...overQuota]).toEqual([
    [4, new Date('2026-06-16T00:00:00Z')],
    [5, new Date('2026-06-16T00:00:00Z')],
  ]);
  expect(await value('select array_agg(sequence order by sequence)::int[] as value from audit')).toEqual([1, 2, 3]);
});

test('a new day gives what the month has left, a new month begins anew', async () => {
  await storeKey('a');
  const quota: Quota = { keyId: 'a', perDay: 3, perMonth: 5 };
  expect(committed(await releases(startLane(openPool()), 4, quota))).toBe(3);

  await atTime('2026-06-16T00:00:01Z');
  const second = await releases(startLane(openPool()), 4, quota);
  expect(committed(second)).toBe(2);
  const tillJuly = 14 * 86_400 + 86_399;
  for (const wait of second.slice(2)) expect(Math.abs(Number(wait) - tillJuly)).toBeLessThan(60);

  await atTime('2026-07-01T00:00:01Z');
  expect(committed(await releases(startLane(openPool()), 4, quota))).toBe(3);
  expect(await counted('a')).toEqual([3, 3]);
});

test('a clock that was years ahead for a moment does not close a key until then, and one that goes back over midnight gives no second day', async () => {
  await storeKey('a');
  const quota: Quota = { keyId: 'a', perDay: 3, perMonth: null };
  await atTime('2036-06-15T12:00:00Z');
  expect(committed(await releases(startLane(openPool()), 4, quota))).toBe(3);
  await atTime('2026-06-16T00:00:01Z');
  const back = await releases(startLane(openPool()), 4, quota);
  expect(committed(back)).toBe(3);
  expect(Number(back[3])).toBeLessThanOrEqual(86_400);
  await atTime('2026-06-15T23:59:59Z');
  expect(committed(await releases(startLane(openPool()), 4, quota))).toBe(0);

  // The same for keys without a quota, whose counts are for people.
  await storeKey('free');
  for (const moment of ['2036-06-15T12:00:00Z', '2026-06-16T12:00:00Z', '2026-06-16T12:00:01Z']) {
    await atTime(moment);
    const lane = startLane(openPool());
    await lane.commit(release('free'));
    await lane.idle();
  }
  expect(await counted('free')).toEqual([2, 2]);
});

test('whoever serves may begin the counts of a key, and neither below zero nor anew', async () => {
  await storeKey('a');
  const serving = connectDatabase({ url: database.url, role: 'otobot_serve', max: 1, log: silent });
  pools.push(serving);
  const begin = (count: number): Promise<unknown> =>
    serving.asTenant(organizationId, (tx) =>
      tx.query({ text: `insert into access_key_usage (key_id, day_count) values ('a', $1)`, values: [count] }),
    );
  await expect(begin(-1_000)).rejects.toThrow(/access_key_usage_counts/);
  await begin(5);
  await expect(begin(0)).rejects.toThrow(/access_key_usage_pkey/);
});

test('a quota of nothing releases nothing, and one that was lowered below what was used neither', async () => {
  await storeKey('a');
  const lane = startLane(openPool());
  expect(committed(await releases(lane, 2, { keyId: 'a', perDay: 0, perMonth: null }))).toBe(0);
  expect(committed(await releases(lane, 2, { keyId: 'a', perDay: 9, perMonth: null }))).toBe(2);
  expect(committed(await releases(lane, 2, { keyId: 'a', perDay: 1, perMonth: null }))).toBe(0);
  expect(await counted('a')).toEqual([2, 2]);
});

test('a release that rests on old facts is not counted', async () => {
  await storeKey('a');
  const quota: Quota = { keyId: 'a', perDay: 1, perMonth: null };
  const lane = startLane(openPool());
  const past = { policyVersion: -1, connectionVersion: null, usableUntil: null };
  const [stale, fresh] = await Promise.all([
    lane.commit(release('a'), past, quota),
    lane.commit(release('a'), undefined, quota),
  ]);
  expect([stale, fresh]).toEqual(['stale', 'committed']);
  expect(await counted('a')).toEqual([1, 1]);
});

test('a batch that was committed, and is sent again because nobody knew, is counted once', async () => {
  await storeKey('a');
  const quota: Quota = { keyId: 'a', perDay: 3, perMonth: null };
  const processId = randomUUID();
  const pool = openPool();
  const rows = [1, 2, 3, 4].map((sequence) => row(sequence, quota));
  await insertAuditRows(pool, processId, rows.slice(0, 2), { again: false });
  const { stale, overQuota } = await insertAuditRows(pool, processId, rows, { again: true });
  expect([[...stale], [...overQuota.keys()]]).toEqual([[], [4]]);
  expect([await audited('a'), await counted('a')]).toEqual([3, [3, 3]]);
});

test('backends that are killed under load: what was released is counted, and nothing else', async () => {
  await storeKey('a');
  const quota: Quota = { keyId: 'a', perDay: 100_000, perMonth: null };
  const lanes = [startLane(openPool()), startLane(openPool())];
  const rounds = lanes.map(async (lane) => {
    let sum = 0;
    for (let round = 0; round < 40; round++) sum += committed(await releases(lane, 5, quota));
    return sum;
  });
  for (let i = 0; i < 6; i++) {
    await database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'otobot otobot_audit'`,
    );
  }
  await Promise.all(rounds);
  expect(await counted('a')).toEqual([await audited('a'), await audited('a')]);
  expect(await audited('a')).toBe(400);
});

test('keys without quota are counted in memory and written down later, with their last use', async () => {
  await storeKey('a');
  await storeKey('b');
  const lane = startLane(openPool());
  const other = startLane(openPool());
  await Promise.all(Array.from({ length: 50 }, () => lane.commit(release('a'))));
  await lane.commit({ ...release('b'), code: 'admitted', address: '10.0.0.9' });
  await other.commit(release('a'));
  // Not with each release: no row of a key is touched by it.
  expect(await value('select count(*)::int as value from access_key_usage')).toBe(0);
  await database.query(`delete from access_keys where id = 'b'`);
  await Promise.all([lane.idle(), other.idle()]);
  expect(await counted('a')).toEqual([51, 51]);
  expect(await value('select count(*)::int as value from access_key_usage')).toBe(1);
  expect(await value(`select last_used_ip as value from access_key_usage where key_id = 'a'`)).toBe('10.0.0.1');
  expect(await value<Date>(`select last_used_at as value from access_key_usage where key_id = 'a'`)).toEqual(
    await value<Date>(`select date_trunc('milliseconds', max(occurred_at)) as value from audit where actor = 'key:a'`),
  );
});

test('what was counted while the database refused it is written down when it does not any more', async () => {
  await storeKey('a');
  const lane = startLane(openPool());
  await lane.commit(release('a'));
  await database.query('alter table access_key_usage rename to away');
  await lane.idle();
  await database.query('alter table away rename to access_key_usage');
  await lane.commit(release('a'));
  await lane.idle();
  expect(await counted('a')).toEqual([2, 2]);
});

const row = (sequence: number, quota: Quota): AuditRow => ({
  ...release(quota.keyId),
  ...{ policyVersion: null, connectionVersion: null, usableUntil: null, sequence, quota },
});
