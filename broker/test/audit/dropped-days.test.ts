import { createDataKey } from '../../src/vault/data-key';
import type { Finding } from '../../src/services/audit/verify/finding';
import { verifyAudit, type Verification } from '../../src/services/audit/verify/verify-audit';
import { setSealingScene, type SealingScene } from './sealing-scene';

let scene: SealingScene;
beforeEach(async () => {
  scene = await setSealingScene();
});
afterEach(() => scene.close());

const verify = (): Promise<Verification> => verifyAudit(scene.owner, scene.vault, { since: null, anchors: [] });
const brief = ({ fault, seal, rows, note }: Finding): unknown[] => [fault, seal, rows, note];
/** Rows of this many days ago, of one batch each. */
const rowsOf = (daysAgo: number, rows: number): Promise<unknown> =>
  scene.db.query(
    `insert into audit (occurred_at, process_id, sequence, action, code, actor)
     select otobot_now() - interval '${daysAgo} days', gen_random_uuid(), n, 'test', 'test', 'test' from generate_series(1, ${rows}) n`,
  );
const drop = (): Promise<unknown> => scene.db.query('select otobot_drop_audit_day(40)');
const dayOf = (daysAgo: number): string => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);

test('days that went by age are no fault, and are told; of a seal over two days the younger rows must be there', async () => {
  await rowsOf(50, 3);
  await scene.seal();
  await rowsOf(50, 2);
  await rowsOf(2, 4);
  await scene.seal();
  await drop();
  await scene.seal();
  expect(await verify()).toMatchObject({ findings: [], rows: 5, dropped: { rows: 5, upToDay: dayOf(50) } });
  await scene.db.query(`delete from audit where action = 'test' and sequence = 2`);
  expect((await verify()).findings.map(({ fault, seal }) => [fault, seal])).toContainEqual(['row_missing', 2]);
});

test('a day that is missing and was not dropped is named', async () => {
  await rowsOf(50, 3);
  await scene.seal();
  await rowsOf(45, 2);
  await scene.seal();
  await drop();
  await scene.seal();
  await scene.db.query(`delete from audit where occurred_at < otobot_now() - interval '44 days'`);
  expect((await verify()).findings.map(brief)).toEqual([['row_missing', 2, 2, `all of them of ${dayOf(45)}`]]);
});

test('rows that were taken away before their day was dropped show in the count', async () => {
  await rowsOf(50, 3);
  await scene.seal();
  await scene.db.query(`delete from audit where sequence = 2`);
  await drop();
  await scene.seal();
  expect((await verify()).findings.map(brief)).toEqual([['gone_early', 1, 1, `all of them of ${dayOf(50)}`]]);
});

test('that a day was dropped is believed only of a row that is sealed, unaltered, and about an old day', async () => {
  await rowsOf(50, 3);
  await rowsOf(3, 2);
  await scene.seal();
  await scene.db.query(`delete from audit where action = 'test'`);
  const tell = (day: string, rows: number): Promise<unknown> =>
    scene.db.query(
      `insert into audit (occurred_at, process_id, sequence, action, code, actor, detail)
       values (otobot_now(), gen_random_uuid(), 1, 'audit.pruned', 'pruned', 'retention', '{"day": "${day}", "rows": ${rows}}')`,
    );
  await tell(dayOf(3), 2);
  await scene.seal();
  expect((await verify()).findings.map(({ fault, rows }) => [fault, rows])).toEqual([
    ['row_missing', 3],
    ['row_missing', 2],
  ]);
  // Not sealed: not believed either.
  await tell(dayOf(50), 3);
  expect((await verify()).findings).toHaveLength(2);
});

test('seals are checked by the key that made them, before and after a rotation; without it that is said', async () => {
  await scene.write({}, {});
  await scene.seal();
  const version =
    (await scene.db.query<{ version: number }>(`select nextval('encryption_key_versions')::int as version`)).rows[0]
      ?.version ?? 0;
  const { wrappedKey, wrappedBy } = createDataKey(scene.roots, { version, purpose: 'audit' });
  await scene.db.query(`update encryption_keys set status = 'decrypt_only' where purpose = 'audit'`);
  await scene.db.query(
    `insert into encryption_keys (version, purpose, status, wrapped_key, wrapped_by) values ($1, 'audit', 'primary', $2, $3)`,
    [version, wrappedKey, wrappedBy],
  );
  await scene.reloadKeys();
  await scene.write({});
  expect(await scene.seal()).toMatchObject({ id: 2, keyVersion: version });
  expect((await verify()).findings).toEqual([]);
  await scene.db.query(
    `update encryption_keys set status = 'destroyed', wrapped_key = null where purpose = 'audit' and version <> $1`,
    [version],
  );
  await scene.reloadKeys();
  expect((await verify()).findings.map(({ fault, seal }) => [fault, seal])).toEqual([['key_unavailable', 1]]);
});
