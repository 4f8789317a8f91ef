import { until } from '../support/until';
import { createInstallation, type Installation } from '../system/installation';
import type { Program } from '../system/program';

// Every command is a process of its own.
jest.setTimeout(180_000);

let installation: Installation;
let program: Program;
beforeAll(async () => {
  installation = createInstallation();
  program = await installation.start('serve');
});
afterAll(() => installation.remove());

const verify = (...args: string[]) => installation.run(['audit', 'verify', ...args]);
const head = async (): Promise<{ id: number; head: string }> =>
  JSON.parse((await installation.run(['audit', 'head', '--json'])).stdout) as { id: number; head: string };
const warnings = async (): Promise<string> => (await fetch(`${program.url}/ready`)).text();

async function refusedAndSealed(): Promise<void> {
  const { rows } = await totals();
  expect((await fetch(`${program.url}/v1/whoami`)).status).toBe(401);
  await until('the refusal is sealed', async () => (await totals()).rows > rows);
}

async function totals(): Promise<{ rows: number; seals: number }> {
  const [found] = await installation.query<{ rows: number; seals: number }>(
    `select coalesce(max(rows_total), 0)::int as rows, count(*)::int as seals from audit_seals`,
  );
  return found ?? { rows: 0, seals: 0 };
}

test('the audit of a running broker is as it was written, also compared with a head that was kept', async () => {
  await refusedAndSealed();
  const fine = await verify();
  expect([fine.code, fine.stderr]).toEqual([0, '']);
  expect(fine.stdout).toMatch(
    /^The audit is as it was written: \d+ rows? in \d+ seals?\.\nIts head, to be kept elsewhere: \d+:[0-9a-f]{64}\n/,
  );
  const kept = await head();
  expect(await verify('--head', `${kept.id}:${kept.head}`, '--since', '7d')).toMatchObject({ code: 0 });
  const { code, stdout } = await verify('--head', `${kept.id}:${'0'.repeat(64)}`);
  expect([code, stdout]).toEqual([1, expect.stringContaining('the chain is not the one that was there')]);
});

test('an end that was cut off is told until it is accepted', async () => {
  await refusedAndSealed();
  await until('the broker has seen it', async () => (await totals()).seals > 1);
  const { id } = await head();
  await installation.query('delete from audit_seals where id >= $1', [id]);
  await until('the broker notices', async () => (await warnings()).includes('otobot audit verify'));
  const cut = await verify();
  expect(cut.code).toBe(1);
  expect(cut.stdout).toMatch(/the (end of the )?chain is not .*there[\s\S]*otobot audit verify --accept/);
  const accepted = await verify('--accept');
  expect([accepted.code, accepted.stdout]).toEqual([0, expect.stringContaining('accepted from now on')]);
  expect((await verify()).code).toBe(0);
  await until('the broker has heard of it', async () => !(await warnings()).includes('otobot audit verify'));
});

test('a row that was deleted is named, in words and in JSON, and cannot be accepted', async () => {
  await refusedAndSealed();
  await installation.query(
    `delete from audit where (process_id, sequence) in (select process_id, sequence from audit where code = 'key_invalid' order by batch limit 1)`,
  );
  const told = await verify();
  expect([told.code, told.stderr]).toEqual([1, '']);
  expect(told.stdout).toMatch(
    /^The audit is not as it was written: 1 place\. The first one:\n {2}seal \d+: rows that were sealed are not there\n/,
  );
  expect(told.stdout).toMatch(/^Copy the database before anything in it changes\. What to do then: docs\//m);
  const { stdout } = await verify('--json');
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, findings: [{ fault: 'row_missing', rows: 1 }] });
  const { code, stderr } = await verify('--accept');
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^error: .*cannot be accepted\.\nhint: /)]);
});

test('what cannot be meant is refused', async () => {
  expect(await verify('--head', 'abc')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^error: --head/) as string,
  });
  expect(await verify('--since', 'lately')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^error: option '--since <when>' argument 'lately' is invalid/) as string,
  });
});
