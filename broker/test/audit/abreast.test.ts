import { connectDatabase, connectSession, endSession, type Database } from '../../src/db/database';
import type { Quota } from '../../src/repositories/audit';
import { BATCHES_ABREAST, type AuditLane } from '../../src/services/audit/audit-lane';
import { silent } from '../support/broker';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { startDatabaseProxy, type DatabaseProxy } from '../support/database-proxy';
import { until } from '../support/until';
import { auditEntry, startLane } from './entry';

// The lane of one process, with several batches in flight. A gate that the test holds keeps them in the middle of their statements, so that
// they are under way together as surely on a fast disk as on a slow one.
let database: TestDatabase;
let proxy: DatabaseProxy;
let pool: Database;
let lane: AuditLane;
let gate: Awaited<ReturnType<typeof connectSession>>;
beforeEach(async () => {
  database = await createTestDatabase();
  proxy = await startDatabaseProxy(database.url);
  pool = connectDatabase({ url: proxy.url, role: 'otobot_audit', max: BATCHES_ABREAST.most + 1, log: silent });
  lane = startLane(pool);
  gate = await connectSession(database.url, null);
  await database.query(
    `create function pass_gate() returns trigger language plpgsql as 'begin perform pg_advisory_xact_lock_shared(42); return null; end'`,
  );
  await database.query(
    'create trigger pass_gate after insert on audit for each statement execute function pass_gate()',
  );
});
afterEach(async () => {
  await endSession(gate);
  await pool.close();
  await proxy.close();
  await database.drop();
});

const shut = () => gate.query('select pg_advisory_lock(42)');
const open = () => gate.query('select pg_advisory_unlock(42)');

async function value<T>(text: string, values: unknown[] = []): Promise<T> {
  return (await database.query<{ value: T }>(text, values)).rows[0]?.value as T;
}

/** Backends that have drawn the number of their batch and not ended. */
const underWay = (): Promise<number[]> =>
  value(
    `select coalesce(array_agg(pid order by pid), '{}') as value from pg_locks
      where locktype = 'advisory' and mode = 'ShareLock' and granted and database = (select oid from pg_database where datname = current_database())
        and objid = hashtext('otobot.audit_batches')::bigint & 4294967295`,
  );
const settling = (): Promise<number> =>
  value(
    `select count(*)::int as value from pg_stat_activity where datname = current_database() and query like 'select otobot_settled%' and state = 'active'`,
  );
const areUnderWay = (count: number) =>
  until(`at least ${count} batches are under way`, async () => (await underWay()).length >= count);
const deadlocks = (): Promise<number> =>
  value('select deadlocks::int as value from pg_stat_database where datname = current_database()');
const sequences = (): Promise<number[]> =>
  value(`select array_agg(sequence::int order by sequence) as value from audit`);
const upTo = (last: number): number[] => Array.from({ length: last }, (_, n) => n + 1);

/** As many entries as it takes for a batch of their own, while another one is under way. */
const enough = (commit: () => Promise<unknown>): Promise<unknown>[] =>
  Array.from({ length: BATCHES_ABREAST.enough }, commit);
const plain = (): Promise<unknown> => lane.commit(auditEntry());

test('several batches are under way at once, no more than may be, and idle() waits for all of them', async () => {
  await shut();
  const written: Promise<unknown>[] = [];
  for (let batches = 1; batches <= BATCHES_ABREAST.most; batches++) {
    written.push(...enough(plain));
    await areUnderWay(batches);
  }
  written.push(...enough(plain));
  let idle = false;
  const idling = lane.idle().then(() => (idle = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(await underWay()).toHaveLength(BATCHES_ABREAST.most);
  expect(idle).toBe(false);
  await open();
  await idling;
  expect(await sequences()).toEqual(upTo(written.length));
  expect(new Set(await Promise.all(written))).toEqual(new Set(['committed']));
  // Written by statements of their own.
  expect(await value('select count(distinct batch)::int as value from audit')).toBeGreaterThanOrEqual(
    BATCHES_ABREAST.most,
  );
});

test('batches under way together, with quotas of the same keys in any order, count exactly and never wait for each other for ever', async () => {
  const organizationId = await value<string>(`select id as value from organizations where name = 'default'`);
  const keys = ['a', 'b', 'c'];
  for (const id of keys)
    await database.query(
      `insert into access_keys (id, organization_id, name, environment, scopes, hint, secret_hash, row_mac, pepper_version)
       values ($1, $2, 'test', 'live', '{}', '', '', '', 1)`,
      [id, organizationId],
    );
  // Between two keys there is time for another batch to take its first.
  await database.query(
    `create function linger() returns trigger language plpgsql as 'begin perform pg_sleep(0.005); return new; end'`,
  );
  await database.query(
    'create trigger linger before update on access_key_usage for each row execute function linger()',
  );
  const release = async (keyId: string): Promise<string> => {
    const quota: Quota = { keyId, perDay: 100, perMonth: null };
    const entry = auditEntry({ organizationId, action: 'credential.read', code: 'released', actor: `key:${keyId}` });
    return lane.commit(entry, undefined, quota).catch((error: unknown) => (error as { code: string }).code);
  };
  const outcomes: string[] = [];
  // Each asks for the keys in an order of its own, so that batches meet them in every order.
  const read = async (n: number): Promise<void> => {
    const order = n % 2 === 0 ? keys : [...keys].reverse();
    for (let round = 0; round < 10; round++) outcomes.push(await release(order[(n + round) % 3] as string));
  };
  await shut();
  const reading = Promise.all(upTo(48).map(read));
  await areUnderWay(2);
  await open();
  await reading;
  const committed = outcomes.filter((outcome) => outcome === 'committed').length;
  // On a slow machine some may be told that it took too long; their rows are there and counted all the same, or they are not.
  const unknown = outcomes.filter((outcome) => outcome === 'audit_unavailable').length;
  expect(committed).toBeLessThanOrEqual(300);
  expect(committed + unknown).toBeGreaterThanOrEqual(300);
  expect(await value('select array_agg(day_count::int order by key_id) as value from access_key_usage')).toEqual([
    100, 100, 100,
  ]);
  expect(await value(`select count(*)::int as value from audit where code = 'released'`)).toBe(300);
  expect(await deadlocks()).toBe(0);
});

const FAULTS: Record<string, () => Promise<void>> = {
  'a session that is killed': async () => {
    const [one] = await underWay();
    await database.query('select pg_terminate_backend($1)', [one]);
  },
  // Their statements go on without them.
  'sessions that are cut off': () => {
    proxy.cut();
    proxy.mend();
    return Promise.resolve();
  },
};
test.each(Object.keys(FAULTS))(
  '%s, with several batches under way: nothing is lost, and nothing written twice',
  async (fault) => {
    for (let round = 0; round < 3; round++) {
      await shut();
      const written = enough(plain);
      await areUnderWay(1);
      written.push(...enough(plain));
      await areUnderWay(2);
      await FAULTS[fault]?.();
      // A second try waits until all that is under way has ended, and whatever comes meanwhile waits behind that.
      written.push(...enough(plain));
      await until('a batch is tried again', async () => (await settling()) > 0);
      await open();
      expect(new Set(await Promise.all(written))).toEqual(new Set(['committed']));
    }
    expect(await sequences()).toEqual(upTo(9 * BATCHES_ABREAST.enough));
  },
);

test('what PostgreSQL cannot keep is refused while another batch is under way, and nobody else', async () => {
  await shut();
  const written = enough(plain);
  await areUnderWay(1);
  const bad = lane
    .commit(auditEntry({ workflowId: 'a\0b' }))
    .catch((error: unknown) => (error as { code: string }).code);
  written.push(...enough(plain));
  await areUnderWay(2);
  await open();
  expect(new Set(await Promise.all(written))).toEqual(new Set(['committed']));
  expect(await bad).toBe('audit_unavailable');
  expect(await value('select count(*)::int as value from audit')).toBe(2 * BATCHES_ABREAST.enough);
});
