import { randomUUID } from 'node:crypto';
import { SEALED_COLUMNS } from '../../src/repositories/audit-seals';
import type { Finding } from '../../src/services/audit/verify/finding';
import { verifyAudit, type Anchor, type Verification } from '../../src/services/audit/verify/verify-audit';
import { readSeals, setSealingScene, type SealingScene } from './sealing-scene';

// Four seals of three rows each, with request ids r1 to r12. Whoever tampers is a superuser, and knows no key.
let scene: SealingScene;
beforeEach(async () => {
  scene = await setSealingScene();
  for (let seal = 0; seal < 4; seal++) {
    const entries = [1, 2, 3].map((row) => ({
      requestId: `r${seal * 3 + row}`,
      clientId: 'acme',
      service: 'google',
      connectionId: randomUUID(),
      organizationId: randomUUID(),
      generation: 3,
      workflowId: 'w1',
      executionId: 'e1',
      detail: { further: row },
    }));
    await scene.write(...(seal === 2 ? [entries] : entries));
    await scene.seal();
  }
});
afterEach(() => scene.close());

const tamper = (text: string): Promise<unknown> => scene.db.query(text);
const verify = (anchors: readonly Anchor[] = [], since: Date | null = null): Promise<Verification> =>
  verifyAudit(scene.owner, scene.vault, { since, anchors });
const brief = ({ fault, seal, row }: Finding): unknown[] => [fault, seal, row?.requestId ?? null];
const found = async (anchors?: readonly Anchor[]): Promise<unknown[][]> => (await verify(anchors)).findings.map(brief);
const headNow = async (): Promise<Anchor> => {
  const seals = await readSeals(scene);
  return { id: seals.at(-1)?.id ?? 0, head: seals.at(-1)?.head.toString('hex') ?? '' };
};

test('what nobody touched is as it was written, up to a head that was kept', async () => {
  expect(await verify([await headNow()])).toMatchObject({
    findings: [],
    unlisted: 0,
    seals: 4,
    rows: 12,
    unsealed: null,
    dropped: null,
  });
  await scene.write({ requestId: 'new' });
  expect(await verify()).toMatchObject({ findings: [], unsealed: { rows: 1 } });
});

test('a deleted row is named by its neighbours', async () => {
  await tamper(`delete from audit where request_id = 'r5'`);
  const { findings, rows } = await verify();
  expect(findings.map(brief)).toEqual([['row_missing', 2, null]]);
  expect(findings[0]).toMatchObject({ before: { requestId: 'r4' }, after: { requestId: 'r6' }, rows: 1 });
  expect(findings[0]?.since?.getTime()).toBeLessThan(findings[0]?.until?.getTime() ?? 0);
  expect(rows).toBe(11);
});

const CHANGES: Readonly<Record<string, string>> = {
  occurred_at: `occurred_at - interval '1 microsecond'`,
  process_id: 'gen_random_uuid()',
  batch: 'batch + 1000',
  sequence: 'sequence + 1000',
  organization_id: 'null',
  connection_id: 'gen_random_uuid()',
  generation: 'generation + 1',
  detail: `'{"further": 1.0}'`,
};

test.each(SEALED_COLUMNS)('a row whose %s was altered is named', async (column) => {
  await tamper(`update audit set ${column} = ${CHANGES[column] ?? `'changed'`} where sequence = 4`);
  const [first] = (await verify()).findings;
  expect(first?.seal).toBe(2);
  // With another batch it stands elsewhere: here, after all that is sealed.
  expect(first?.fault).toBe(column === 'batch' ? 'row_missing' : 'row_altered');
  if (column !== 'batch' && column !== 'request_id') expect(first?.row?.requestId).toBe('r4');
});

test('rows whose places were exchanged are named as such, in one seal and across two', async () => {
  const exchange = (one: string, other: string): Promise<unknown> =>
    tamper(`update audit a set batch = b.batch, sequence = b.sequence from audit b
             where (a.request_id, b.request_id) in (('${one}', '${other}'), ('${other}', '${one}'))`);
  await exchange('r1', 'r2');
  expect(await found()).toEqual([
    ['rows_exchanged', 1, 'r2'],
    ['rows_exchanged', 1, 'r1'],
  ]);
  await exchange('r1', 'r2');
  expect(await found()).toEqual([]);
  await exchange('r3', 'r11');
  expect(await found()).toEqual([
    ['rows_exchanged', 1, 'r11'],
    ['rows_exchanged', 4, 'r3'],
  ]);
});

test('a row that was inserted where all was sealed is named', async () => {
  const insert = (batch: string, requestId: string): Promise<unknown> =>
    tamper(`insert into audit select (jsonb_populate_record(a, jsonb_build_object('batch', ${batch}, 'request_id', '${requestId}'))).*
              from audit a where request_id = 'r4' limit 1`);
  await insert('batch', 'r4');
  expect(await found()).toEqual([['row_inserted', 2, 'r4']]);
  await insert('batch + 1', 'forged');
  await insert('(-9223372036854775808)', 'before all');
  expect(await found()).toEqual([
    ['row_inserted', 1, 'before all'],
    ['row_inserted', 2, 'r4'],
    ['row_inserted', 2, 'forged'],
  ]);
});

test('a new row that is dated back is not sealed, and is named', async () => {
  await tamper(`insert into audit (occurred_at, process_id, sequence, action, code, actor, request_id)
                values (now() - interval '3 days', gen_random_uuid(), 1, 'credential.read', 'released', 'key:forged', 'backdated')`);
  await scene.write({ requestId: 'r13' });
  expect(await scene.seal()).toMatchObject({ id: 5, rows: 1 });
  expect(await found()).toEqual([['row_inserted', 5, 'backdated']]);
});

test('rows that were deleted at the end are missing; with their seals, whoever kept a head knows', async () => {
  const kept = await headNow();
  await tamper(`delete from audit where request_id in ('r10', 'r11', 'r12')`);
  expect((await verify()).findings.map(({ fault, seal, rows }) => [fault, seal, rows])).toEqual([
    ['row_missing', 4, 3],
  ]);
  await tamper('delete from audit_seals where id = 4');
  expect(await found([kept])).toEqual([['end_missing', 4, null]]);
  // Nothing in the database can show that, which is why the head is kept elsewhere.
  expect(await found()).toEqual([]);
  await tamper('truncate audit, audit_seals');
  expect(await found([kept])).toEqual([['end_missing', 1, null]]);
  // Not even where the chain has grown again as far as it was.
  for (let seal = 0; seal < 4; seal++) {
    await scene.write({});
    await scene.seal();
  }
  expect(await found([kept])).toEqual([['end_replaced', 4, null]]);
});

test('a seal that is missing in the middle is named, with the number of its rows', async () => {
  await tamper(`delete from audit_seals where id in (2, 3)`);
  const [first, ...others] = (await verify()).findings;
  expect(first).toMatchObject({ fault: 'seal_missing', seal: 2, lastSeal: 3, rows: 6 });
  expect(others).toEqual([]);
});

test.each([
  ['sealed_at', `sealed_at + interval '1 microsecond'`],
  ['process_id', 'gen_random_uuid()'],
  ['from_batch', 'from_batch - 1'],
  ['rows_sealed', 'rows_sealed - 1'],
  ['rows_total', 'rows_total + 1'],
  ['days', `days || '{"2001-01-01": 1}'`],
  ['salt', `'\\x00'`],
  ['row_digests', 'substring(row_digests for 32)'],
  ['head', `sha256('forged')`],
])('a seal whose %s was altered is named, once', async (column, value) => {
  await tamper(`update audit_seals set ${column} = ${value} where id = 2`);
  const { findings } = await verify();
  expect(findings.filter(({ fault }) => fault.startsWith('seal'))).toMatchObject([{ fault: 'seal_altered', seal: 2 }]);
  expect(findings.every(({ seal }) => seal === 2)).toBe(true);
});

test('a row deleted with its digest, count and days still shows as an altered seal', async () => {
  await tamper(`delete from audit where request_id = 'r5'`);
  await tamper(`update audit_seals set rows_sealed = 2, rows_total = rows_total - 1,
                  row_digests = substring(row_digests for 16) || substring(row_digests from 33),
                  days = (select jsonb_object_agg(key, value::int - 1) from jsonb_each(days)) where id = 2`);
  expect(await found()).toEqual([['seal_altered', 2, null]]);
});

test('an older state that was put back ends before a head that was kept', async () => {
  const kept = await headNow();
  await tamper('delete from audit_seals where id > 2');
  await tamper('delete from audit where sequence > 6');
  expect(await found()).toEqual([]);
  expect(await found([kept])).toEqual([['end_missing', 3, null]]);
});

test('a past that was sealed anew does not fit what came after it', async () => {
  const kept = await headNow();
  await tamper(`create table later as select * from audit where request_id in ('r10', 'r11', 'r12');
                create table last_seal as select * from audit_seals where id = 4;
                delete from audit where request_id in (select request_id from later);
                delete from audit_seals where id > 2;
                select setval('audit_batches', from_batch) from last_seal;
                update audit set client_id = 'forged' where request_id = 'r8'`);
  expect(await scene.seal()).toMatchObject({ id: 3, rows: 3 });
  await tamper('insert into audit select * from later; insert into audit_seals select * from last_seal');
  expect(await found([kept])).toEqual([['seal_altered', 4, null]]);
});

test('what was there before a moment can be left out', async () => {
  await tamper(`delete from audit where request_id = 'r1'`);
  const [, second] = await readSeals(scene);
  const since = new Date((second?.sealedAtUs ?? 0) / 1_000);
  expect(await verify([], since)).toMatchObject({ findings: [], seals: 3, rows: 9 });
  expect((await verify([], new Date(Date.now() - 86_400_000))).findings).toHaveLength(1);
});

test('however much was inserted, places are listed a hundred times and counted beyond', async () => {
  await tamper(`insert into audit (occurred_at, process_id, sequence, batch, action, code, actor)
                select now(), gen_random_uuid(), n, (select min(batch) from audit), 'a', 'b', 'c' from generate_series(1, 5000) n`);
  const { findings, unlisted } = await verify();
  expect(findings).toHaveLength(100);
  expect(unlisted).toBe(4_900);
});
