import { CANARY, startProvider, type Provider } from '../support/provider';
import { withClient } from '../support/postgres-statements';
import { createInstallation, type Installation } from './installation';
import { isAskedForSecrets, MISPLACED, misplaceEverywhere, ROUTES } from './every-route';
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
  TRUST_PROXY: '1',
};

let provider: Provider;
let installation: Installation;
let program: Program;
let needles: Needle[];
const answers: string[] = [];
let swept: Map<string, string[]>;
let broken: Map<string, string[]>;

beforeAll(async () => {
  provider = await startProvider();
  installation = createInstallation();
  program = await installation.start('start', settings);
  const ask = operatorOf(program.url, program.accessKey ?? '');
  const operator: Operator = async (method, path, body) => {
    const answer = await ask(method, path, body);
    if (answer.status >= 400 || !/^\/v1\/(credentials|grants|access-keys|webhooks)/.test(path))
      answers.push(answer.text);
    return answer;
  };
  const secrets = new Map<string, string>();
  await tellEverything({ installation, program, provider, operator, answers, secrets });
  swept = await misplaceEverywhere(program.url, program.accessKey ?? '');
  // And with a database that fails in the middle (not where the audit looks): what the driver throws tells of values.
  await installation.query('alter table token_sets rename to gone');
  await installation.query('alter table clients rename to gone_too');
  broken = await misplaceEverywhere(program.url, program.accessKey ?? '');
  await importInto(operator);
  await installation.query('alter table gone rename to token_sets');
  await installation.query('alter table gone_too rename to clients');
  await crashes();
  needles = [needle('canary', CANARY), ...[...secrets].map(([name, secret]) => needle(name, secret))];
}, 240_000);
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

test('a canary in the wrong place of any route comes back in no answer, whatever goes wrong', () => {
  expect([...swept.keys()]).toEqual(ROUTES);
  for (const [route, told] of [...swept, ...broken]) {
    expect(told.length).toBeGreaterThan(10);
    const secrets = isAskedForSecrets(route) ? [needle('misplaced', MISPLACED)] : needles;
    expect([route, found(secrets, Buffer.from(told.join('\n')))]).toEqual([route, []]);
  }
  const codes = new Set(
    [...swept.values(), ...broken.values()].flat().flatMap((answer) => /"code":"(\w+)"/.exec(answer)?.[1] ?? []),
  );
  expect([...codes]).toEqual(
    expect.arrayContaining(['key_invalid', 'invalid_request', 'not_found', 'unsupported_media_type', 'internal']),
  );
});

test('no answer holds a secret that was not asked for', () => {
  expect(answers.length).toBeGreaterThan(25);
  expect(found(needles, Buffer.from(answers.join('\n')))).toEqual([]);
});

/** Imports that are right, while the tables they need are not there. */
async function importInto(operator: Operator): Promise<void> {
  const secrets = [
    { accessToken: `${CANARY}-a` },
    { kind: 'api_key', apiKey: `${CANARY}-b` },
    { kind: 'basic', username: 'u', password: `${CANARY}-c` },
  ];
  for (const secret of secrets) {
    const { status } = await operator('POST', '/v1/connections', { clientId: 'acme', service: 'crm', ...secret });
    expect(status).toBe(500);
  }
}

/** Programs that end for what is wrong with their secrets. */
async function crashes(): Promise<void> {
  const wrong = `${CANARY}-environment`;
  const environments = [
    { ENCRYPTION_MASTER_KEY: wrong },
    { INTERNAL_API_TOKEN: `${wrong}\n` },
    { DATABASE_URL: `postgres://user:${wrong}@127.0.0.1:1/x`, ENCRYPTION_MASTER_KEY: 'a1'.repeat(32) },
    { DATABASE_URL: `${wrong}://${wrong}` },
    { SMTP_URL: `smtp://user:${wrong}@`, ENCRYPTION_SERVE_KEY: wrong },
  ];
  for (const environment of environments) {
    const { code, stdout, stderr } = await installation.run(['serve'], environment);
    expect(code).not.toBe(0);
    answers.push(stdout, stderr);
  }
}

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
