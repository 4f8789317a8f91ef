import { randomUUID } from 'node:crypto';
import { connectDatabase } from '../../src/db/database';
import { NO_HEAD, sealHolds } from '../../src/services/audit/seal';
import type { AuditSeal } from '../../src/types/audit-seal';
import { silent } from '../support/broker';
import { until } from '../support/until';
import { auditEntry, startLane } from './entry';
import { readSeals, setSealingScene, type SealingScene } from './sealing-scene';

let scene: SealingScene;
beforeEach(async () => {
  scene = await setSealingScene();
});
afterEach(() => scene.close());

async function value<T>(text: string): Promise<T> {
  return (await scene.db.query<{ value: T }>(text)).rows[0]?.value as T;
}

/** Each link holds after the one before, begins where that ended, and its count is that of the rows which are there. */
async function expectWholeChain(): Promise<AuditSeal[]> {
  const seals = await readSeals(scene);
  for (const [index, seal] of seals.entries()) {
    const before = seals[index - 1];
    expect(seal.id).toBe(index + 1);
    expect(sealHolds(scene.vault, before?.head ?? NO_HEAD, seal)).toBe(true);
    if (before !== undefined) expect(seal.fromBatch).toBe(before.toBatch);
    expect(seal.rowDigests).toHaveLength(16 * seal.rows);
    const { fromBatch, toBatch } = seal;
    expect(
      await value(`select count(*)::int as value from audit where batch > ${fromBatch} and batch <= ${toBatch}`),
    ).toBe(seal.rows);
  }
  return seals;
}

test('what is written is sealed, and nothing twice', async () => {
  await scene.write({}, [{}, {}], {});
  expect(await scene.seal()).toMatchObject({ id: 1, rows: 4, rowsTotal: 4 });
  expect(await scene.seal()).toBeNull();
  await scene.write({});
  expect(await scene.seal()).toMatchObject({ id: 2, rows: 1, rowsTotal: 5 });
  await expectWholeChain();
});

test('each of many rows is sealed exactly once, while three processes write and two seal', async () => {
  // Between the number and the end of its statement there is time for others to be faster.
  await scene.db.query(
    `create function linger() returns trigger language plpgsql as 'begin perform pg_sleep(random() / 50); return null; end'`,
  );
  await scene.db.query('create trigger linger after insert on audit for each statement execute function linger()');
  const pools = Array.from({ length: 3 }, () =>
    connectDatabase({ url: scene.db.url, role: 'otobot_audit', max: 1, log: silent }),
  );
  let written = 0;
  let stopped = false;
  const write = async (pool: (typeof pools)[number]): Promise<void> => {
    const lane = startLane(pool);
    const one = async (): Promise<void> => {
      while (!stopped) {
        await lane.commit(auditEntry());
        written++;
      }
    };
    await Promise.all([one(), one(), one()]);
  };
  // Each is about to take over from the other all the time.
  const take = async (processId: string): Promise<void> => {
    while (!stopped) await scene.seal(processId, { gone: true }).catch(() => undefined);
  };
  const sealing = [take(randomUUID()), take(randomUUID())];
  const writing = pools.map(write);
  await until('many rows are written', () => written > 800, 60_000);
  stopped = true;
  await Promise.all([...writing, ...sealing]);
  await scene.seal(randomUUID(), { gone: true });
  const seals = await expectWholeChain();
  expect(seals.length).toBeGreaterThan(2);
  expect(seals.reduce((sum, { rows }) => sum + rows, 0)).toBe(written);
  await Promise.all(pools.map((pool) => pool.close()));
});

test('a sealer that is killed in the middle leaves nothing, and another goes on after three seconds', async () => {
  const [one, other] = [randomUUID(), randomUUID()];
  await scene.write({});
  await scene.seal(one);
  await scene.write({}, {});
  const lockHolder = await scene.holdSeals();
  const dying = scene.seal(one);
  dying.catch(() => undefined);
  await until('it waits to add its seal', () =>
    value<boolean>(`select exists (select from pg_locks where not granted) as value`),
  );
  await scene.db.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'otobot otobot_seal'`,
  );
  await expect(dying).rejects.toThrow();
  await lockHolder.release();
  expect(await scene.seal(other)).toBeNull();
  await scene.passes('4 seconds');
  expect(await scene.seal(other)).toMatchObject({ id: 2, rows: 2, processId: other });
  expect(await scene.seal(one)).toBeNull();
  await expectWholeChain();
});

test('rows from before there were batches come first, in the order of their minutes', async () => {
  await scene.db.query(`insert into audit (occurred_at, process_id, sequence, action, code, actor, batch)
                        values (otobot_now(), gen_random_uuid(), 1, 'a', 'admitted', 'x', -999970379740)`);
  await scene.write({});
  expect(await scene.seal()).toMatchObject({ rows: 2 });
  await expectWholeChain();
});

test('a chain that is idle still grows now and then', async () => {
  await scene.write({});
  await scene.seal();
  expect(await scene.seal()).toBeNull();
  await scene.passes('11 minutes');
  expect(await scene.seal()).toMatchObject({ id: 2, rows: 0, rowsTotal: 1 });
  expect(await scene.seal()).toBeNull();
  await expectWholeChain();
});

test('the sealer can add seals, and neither change nor take away', async () => {
  await scene.write({});
  await scene.seal();
  const sealer = connectDatabase({ url: scene.db.url, role: 'otobot_seal', max: 1, log: silent });
  for (const text of [
    'update audit_seals set rows_sealed = 0',
    'delete from audit_seals',
    `update audit set code = 'x'`,
    'delete from audit',
    `insert into audit (occurred_at, process_id, sequence, action, code, actor) values (now(), gen_random_uuid(), 1, 'a', 'b', 'c')`,
    'select 1 from token_sets',
    'select 1 from access_keys',
  ]) {
    await expect(sealer.query({ text })).rejects.toThrow(/permission denied/);
  }
  for (const role of ['otobot_serve', 'otobot_audit', 'otobot_refresh', 'otobot_monitor'] as const) {
    const pool = connectDatabase({ url: scene.db.url, role, max: 1, log: silent });
    await expect(pool.query({ text: 'delete from audit_seals' })).rejects.toThrow(/permission denied/);
    await expect(pool.query({ text: 'insert into audit_seals select * from audit_seals' })).rejects.toThrow(
      /permission denied/,
    );
    await pool.close();
  }
  await sealer.close();
});
