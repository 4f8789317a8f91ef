import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { otobot, preparedInstallation, words } from './otobot';

// Every command is a process of its own.
jest.setTimeout(120_000);

let dataDir = '';
let end = () => Promise.resolve();

beforeAll(async () => {
  ({ dataDir, end } = await preparedInstallation());
  for (const line of ['client create acme', 'service create maps --oauth-type api_key'])
    expect((await otobot(dataDir, words(line))).code).toBe(0);
});
afterAll(() => end());

test.each([
  ['nonsense', /unknown command/],
  ['client', /Usage: otobot client/],
  ['client delte acme', /did you mean delete/],
  ['client show', /missing required argument 'client'/],
  ['client show acme globex', /too many arguments/],
  ['client create bad/id', /error: <client>: must be/],
  ['connection show acme', /error: <connection>: must be an id or client\/service/],
  ['client edit acme --email nonsense', /error: --email: Invalid/],
  ['access-key create', /error: it needs --preset or --scopes/],
  ['access-key create --preset nope', /error: --preset: must be one of n8n, operator, monitor/],
  ['access-key create --scopes audit:read', /error: --name: is missing/],
  ['access-key create --preset n8n --expires soon', /--expires.*such as 90d/],
  ['access-key create --preset n8n --clients ,', /--clients.*names nothing/],
  ['service edit maps --pkce maybe', /yes or no/],
  ['service edit maps', /error: nothing is given that is to change\n/],
  ['service edit maps --max-per-minute 0', /error: --max-per-minute: must be at least 1\n/],
  ['refresh --pause ', /error: reason: must have at least 1 character\n/],
  ['service app maps', /error: --client-id is missing/],
])('wrong usage exits 2 and says what is wrong: otobot %s', async (line, said) => {
  const { code, stdout, stderr } = await otobot(dataDir, words(line));
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(said);
  expect(stderr).not.toMatch(/^ +at /m);
});

test.each([
  ['client show nobody', 'There is no client "nobody".', '`otobot client list`'],
  ['client create acme', 'There is a client "acme" already.', '`otobot client edit acme`'],
  ['service show nothing', 'There is no service "nothing".', '`otobot service create`'],
  ['connection show acme/maps', 'There is no connection acme/maps.', '`otobot connection list`'],
  ['access-key revoke aaaaaaaaaaaa --yes', 'There is no access key aaaaaaaaaaaa', '`otobot access-key list`'],
  ['client list --organization nowhere', 'There is no organization "nowhere".', 'otobot organization list'],
])('what is not there exits 1 with one line and the command that helps: otobot %s', async (line, error, hint) => {
  const { code, stdout, stderr } = await otobot(dataDir, words(line));
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  const [first, second, ...rest] = stderr.trimEnd().split('\n');
  expect(first).toContain(`error: ${error}`);
  expect(second).toMatch(/^hint: /);
  expect(second).toContain(hint);
  expect(second).not.toContain('/v1/');
  expect(rest).toEqual([]);
});

test.each([
  'client delete acme',
  'service delete maps',
  'access-key revoke aaaaaaaaaaaa',
  'access-key reroll aaaaaaaaaaaa',
])('what cannot be undone is not done unasked: otobot %s', async (line) => {
  const { code, stderr } = await otobot(dataDir, words(line), { input: 'y\n' });
  expect(code).toBe(2);
  expect(stderr).toMatch(/hint: give --yes/);
  expect((await otobot(dataDir, ['client', 'show', 'acme'])).code).toBe(0);
});

test('a secret that was handed over is never printed, whatever goes wrong', async () => {
  const canary = 'canary7Hq2';
  const file = path.join(dataDir, 'broken.json');
  writeFileSync(file, `{"apiKey": "${canary}"`);
  const attempts: [line: string, input: string][] = [
    ['connection import acme maps', `{"apiKey": "${canary}"}`],
    ['connection import acme maps --json', `{"apiKey": "${canary}"}`],
    ['connection import acme maps', `{"apiKey": "${canary}`],
    ['connection import acme maps', `{"apiKey": ["${canary}"]}`],
    ['connection import acme maps', `{"apiKey": "${canary} with a space"}`],
    ['connection import acme maps', `{"accessToken": "${canary}"}`],
    ['connection import acme nothing', `{"apiKey": "${canary}"}`],
    [`connection import acme maps --secrets-file ${file}`, ''],
    [`connection import acme maps --secrets-file ${canary}`, ''],
    ['service app maps --client-id 1', canary],
    ['service app nothing --client-id 1', canary],
    [`service app maps --client-id 1 --client-secret-file ${canary}`, ''],
    [`service app maps --client-id 1 --client-secret ${canary}`, ''],
    ['connection show acme/maps --json', ''],
  ];
  const codes: (number | null)[] = [];
  for (const [line, input] of attempts) {
    const { code, stdout, stderr } = await otobot(dataDir, words(line), { input, env: { LOG_LEVEL: 'debug' } });
    codes.push(code);
    const echoed = (stdout + stderr).includes(canary);
    expect({ line, echoed }).toEqual({ line, echoed: false });
  }
  expect(codes).toEqual([0, 0, 2, 2, 2, 1, 1, 2, 2, 1, 1, 2, 2, 0]);
});

test('what was typed is told without driving the terminal', async () => {
  const typed = 'x\u001b[31m\u202ered';
  const unknownCommand = await otobot(dataDir, ['client', typed]);
  const unknownOrganization = await otobot(dataDir, ['client', 'list', '--organization', typed]);
  for (const { code, stdout, stderr } of [unknownCommand, unknownOrganization]) {
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain('x\\u001b[31m\\u202ered');
    expect(stderr).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
  }
});
