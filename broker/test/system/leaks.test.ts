import { CANARY, startProvider, type Provider } from '../support/provider';
import { withClient } from '../support/postgres-statements';
import { createInstallation, type Installation } from './installation';
import { found, foundBelow, needle, type Needle } from './needles';
import { operatorOf, type Operator } from './operator';
import type { Program } from './program';
import { CONTROL, INTERNAL_TOKEN, tellEverything } from './secrets-everywhere';

// The worst that an operator can turn on: everything logged, and the tracing of every library.
const settings = {
  LOG_LEVEL: 'debug',
  DEBUG: '*',
  INTERNAL_API_TOKEN: INTERNAL_TOKEN,
  RATE_LIMIT_PER_MINUTE: '1000000',
};

let provider: Provider;
let installation: Installation;
let program: Program;
let needles: Needle[];
const answers: string[] = [];

beforeAll(async () => {
  provider = await startProvider();
  installation = createInstallation();
  program = await installation.start('start', settings);
  const ask = operatorOf(program.url, program.accessKey ?? '');
  const operator: Operator = async (method, path, body) => {
    const answer = await ask(method, path, body);
    if (answer.status >= 400 || !/^\/v1\/(credentials|grants|access-keys)/.test(path)) answers.push(answer.text);
    return answer;
  };
  const secrets = new Map<string, string>();
  await tellEverything({ installation, program, provider, operator, answers, secrets });
  needles = [needle('canary', CANARY), ...[...secrets].map(([name, secret]) => needle(name, secret))];
}, 60_000);
afterAll(async () => {
  await installation.remove();
  await provider.close();
});

test('the search finds what is there, in every form', () => {
  const [control] = [needle('control', CONTROL)];
  const forms = [
    CONTROL,
    Buffer.from(CONTROL).toString('hex'),
    ...['', 'x', 'xy'].map((before) => Buffer.from(`${before}${CONTROL}${before}`).toString('base64url')),
    ...['', 'x', 'xy'].map((before) => Buffer.from(`${before}${CONTROL}`).toString('base64')),
  ];
  for (const form of forms) expect(found([control], Buffer.from(`…${form}…`))).toEqual(['control']);
});

test('a dump of the whole database holds no secret', async () => {
  const control = needle('control', CONTROL);
  const rows = await dump();
  expect(found([control], rows)).toEqual(['control']);
  expect(found(needles, rows)).toEqual([]);
});

test('the data folder, with the files of the database and its log, holds no secret', async () => {
  await installation.query('checkpoint');
  const control = needle('control', CONTROL);
  expect(foundBelow(installation.dataDir, [control])).not.toEqual([]);
  expect(foundBelow(installation.dataDir, needles, ['master.key', 'postgres.password'])).toEqual([]);
});

test('what the process prints holds no secret, but for the first access key, twice in its greeting', () => {
  const printed = program.stdout().replaceAll(program.accessKey ?? '', '');
  expect(program.stdout().split(program.accessKey ?? '')).toHaveLength(3);
  expect(found(needles, Buffer.from(printed))).toEqual([]);
  expect(program.stderr()).toContain('"message":"request"');
  const leaking = program
    .stderr()
    .split('\n')
    .filter((line) => found(needles, Buffer.from(line)).length > 0);
  expect(leaking).toEqual([]);
});

test('no answer holds a secret that was not asked for', () => {
  expect(answers.length).toBeGreaterThan(25);
  expect(found(needles, Buffer.from(answers.join('\n')))).toEqual([]);
});

/** Every row of every table, system catalogues included, as text. */
async function dump(): Promise<Buffer> {
  return withClient(installation.databaseUrl(), async (client) => {
    const tables = await client.query<{ name: string }>(
      `select format('%I.%I', nspname, relname) as name from pg_class c join pg_namespace n on n.oid = relnamespace
        where relkind in ('r', 'm') and nspname <> 'pg_toast'`,
    );
    const rows: string[] = [];
    for (const { name } of tables.rows) {
      const result = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
      rows.push(...result.rows.map(({ row }) => row));
    }
    return Buffer.from(rows.join('\n'));
  });
}
