import { randomUUID } from 'node:crypto';
import { connectSession, endSession } from '../../src/db/database';
import type { Finding } from '../../src/services/audit/verify/finding';
import { verifyAudit, type Verification } from '../../src/services/audit/verify/verify-audit';
import { setSealingScene, type SealingScene } from './sealing-scene';

// Ways around the seals, for whoever writes to the database: the sealer must not stop unnoticed, and nothing may hide from the check.
let scene: SealingScene;
beforeEach(async () => {
  scene = await setSealingScene();
  await scene.write({}, {});
  await scene.seal();
});
afterEach(() => scene.close());

const tamper = (text: string): Promise<unknown> => scene.db.query(text);
const verify = (): Promise<Verification> => verifyAudit(scene.owner, scene.vault, { since: null, anchors: [] });
const brief = ({ fault, seal, row }: Finding): unknown[] => [fault, seal, row?.action ?? null];
const found = async (): Promise<unknown[][]> => (await verify()).findings.map(brief);
const insert = (more: Readonly<Record<string, string>> = {}): Promise<unknown> => {
  const row = { occurred_at: 'otobot_now()', process_id: 'gen_random_uuid()', sequence: '1', ...more };
  const named = { action: `'slipped.in'`, code: `'released'`, actor: `'nobody'`, ...row };
  return tamper(`insert into audit (${Object.keys(named).join(', ')}) values (${Object.values(named).join(', ')})`);
};
const dropDay = async (): Promise<unknown> => {
  const { rows } = await scene.db.query<{ day: unknown }>('select otobot_drop_audit_day(30) as day');
  return rows[0]?.day;
};
const dayOf = (daysAgo: number): string => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);

test('a row without a batch, and one with a number that was never given out, do not hide from the check', async () => {
  await tamper('alter table audit alter batch drop not null');
  await insert({ batch: 'null' });
  await insert({ batch: '1000000' });
  await insert({ batch: '9223372036854775807' });
  await scene.write({});
  expect(await found()).toEqual(Array(3).fill(['row_unnumbered', 2, 'slipped.in']));
  expect((await verify()).unsealed).toMatchObject({ rows: 1 });
});

test('a policy and a function of the same name as one of PostgreSQL do not come between the check and the rows', async () => {
  const name = new URL(scene.db.url).pathname.slice(1);
  await insert({ batch: '1' });
  await tamper(`create schema evil; create function evil.encode(bytea, text) returns text language sql as $$ select '' $$;
    grant usage on schema evil to public; alter database ${name} set search_path = evil, pg_catalog, public;
    alter database ${name} set row_security = on`);
  const session = await connectSession(scene.db.url, null);
  await expect(session.query(`select encode('\\x00', 'hex')`)).resolves.toMatchObject({ rows: [{ encode: '' }] });
  await endSession(session);
  expect(await found()).toContainEqual(['row_inserted', 1, 'slipped.in']);
});

test('whoever sits on the lock of the sealers does not stop them unnoticed, with the rights of any role', async () => {
  await scene.passes('1 minute');
  await scene.write({});
  const session = await connectSession(scene.db.url, 'otobot_monitor');
  await session.query(`select pg_advisory_lock(hashtext('otobot.sealer'))`);
  await expect(scene.seal(randomUUID())).rejects.toThrow(/lock timeout/);
  await endSession(session);
  expect(await scene.seal(randomUUID())).toMatchObject({ rows: 1 });
});

test('numbers that are taken from elsewhere, or set to where they are rounded, do not stop the sealers unnoticed', async () => {
  await tamper(`create sequence elsewhere start 1000; create or replace function otobot_audit_batch() returns bigint language sql as
                $$ select nextval('public.elsewhere') $$; grant usage on sequence elsewhere to public`);
  await scene.write({}, {});
  await scene.passes('20 minutes');
  await expect(scene.seal()).rejects.toThrow('never given out');
  await tamper(`select setval('audit_batches', 1152921504606846976)`);
  await expect(scene.seal(randomUUID())).rejects.toThrow('were set to');
});

test.each(['infinity', '290000-01-01', '-infinity', '0044-03-15 BC'])(
  'a row of %s does not stop the sealers, the check or retention',
  async (moment) => {
    const isAncient = /^-|BC/.test(moment);
    for (const nothingSealedYet of [false, true]) {
      if (nothingSealedYet) await tamper('truncate audit, audit_seals');
      await insert({ occurred_at: `'${moment}'` });
      await scene.write({});
      const passedBy = isAncient && !nothingSealedYet;
      expect(await scene.seal()).toMatchObject({ rows: passedBy ? 1 : 2 });
      await scene.write({});
      expect(await scene.seal()).toMatchObject({ rows: 1 });
      expect(await found()).toEqual(passedBy ? [['row_inserted', 2, 'slipped.in']] : []);
      while ((await dropDay()) !== null);
      const { rows } = await scene.db.query(`select from audit where action = 'slipped.in'`);
      expect(rows).toHaveLength(isAncient ? 0 : 1);
      await scene.write({});
      await scene.seal();
      expect(await found()).toEqual([]);
    }
  },
);

test.each(['x', '~~~~-~~-~~', '9999', 'Sat, 01 Jan 2000', '2026-99-99'])(
  'a forged row that says "%s" was dropped excuses nothing',
  async (day) => {
    await tamper(`delete from audit where sequence = 2`);
    await insert({ action: `'audit.pruned'`, detail: `'{"day": "${day}", "rows": 1000}'` });
    await scene.seal();
    await tamper(`delete from audit where action <> 'audit.pruned'`);
    expect(await found()).toContainEqual(['row_missing', 1, null]);
  },
);

test('a forged row about a day excuses no part of that day', async () => {
  await tamper('truncate audit, audit_seals');
  await insert({ occurred_at: `otobot_now() - interval '50 days'` });
  await scene.seal();
  await insert({ occurred_at: `otobot_now() - interval '50 days'`, sequence: '2' });
  await scene.seal();
  await insert({ action: `'audit.pruned'`, detail: `'{"day": "${dayOf(50)}", "rows": 1}'` });
  await scene.seal();
  expect(await found()).toEqual([]);
  await tamper(`delete from audit where action = 'slipped.in' and sequence = 1`);
  expect(await found()).toEqual([['row_missing', 1, null]]);
});

test('the refresher cannot make the audit look old by a clock of his own', async () => {
  const session = await connectSession(scene.db.url, 'otobot_refresh');
  await session.query(`set otobot.clock_offset = '400 days'`);
  const { rows } = await session.query(`select otobot_drop_audit_day(30) as day`);
  await endSession(session);
  expect(rows).toEqual([{ day: null }]);
  expect(await verify()).toMatchObject({ findings: [], rows: 2 });
});
