import { createTestDatabase, type TestDatabase } from '../../broker/test/support/database';
import { clear, insertConnection, prepare, run, type Given } from './installation';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await prepare(db);
});
afterAll(() => db.drop());
beforeEach(() => clear(db));

/** A connection, and a statement that happens after it was made. */
type Case = Given & { then?: string };

/** The exit code and the first line for one connection. */
async function judge({ then, ...given }: Case): Promise<[number, string]> {
  await insertConnection(db, given);
  if (then !== undefined) await db.query(then);
  const { code, out } = await run(db.url);
  return [code, out.slice(0, out.indexOf('\n'))];
}

const suspendApps = 'update apps set suspended_at = otobot_now()';
const suspendClients = 'update clients set suspended_at = otobot_now()';
const killWorkers = `update processes set seen_at = otobot_now() - interval '21 seconds'`;
const pause = `update installation set refreshing_paused_at = otobot_now(), refreshing_paused_reason = 'test'`;
const goesOut = (host: string) =>
  `insert into provider_incidents (host, code, failing_since, last_failure_at, opened_at)
   values ('${host}', 'http_503', otobot_now(), otobot_now(), otobot_now() - interval '12 minutes')`;
const spooledFor = (time: string) =>
  `update processes set spool_depth = 3, spool_since = otobot_now() - interval '${time}'`;

test.each<[status: string, code: number, summary: string, given: Case]>([
  ['active', 0, 'OK: nothing needs attention', {}],
  ['refreshing', 0, 'OK: nothing needs attention', { leasedFor: '1 minute', nextRefreshIn: null }],
  ['backoff', 0, 'OK: 1 refresh is retried', { status: 'backoff', failures: 3, error: 'http_503' }],
  ['uncertain', 0, 'OK: 1 refresh is retried', { status: 'uncertain', failures: 1 }],
  ['app_suspended', 1, 'WARNING: 1 token ends within 24 h', { then: suspendApps }],
  ['expired', 2, 'CRITICAL: 1 expired', { expiresIn: '-1 second' }],
  ['reauth_required', 2, 'CRITICAL: 1 to reconnect', { status: 'reauth_required', reason: 'revoked' }],
  ['key_unavailable', 2, 'CRITICAL: 1 without their key', { accessKeyVersion: 77 }],
  ['disabled', 0, 'OK: nothing needs attention', { status: 'disabled', expiresIn: '-1 day', failures: 1 }],
  ['client_suspended', 0, 'OK: nothing needs attention', { expiresIn: '-1 day', then: suspendClients }],
])('a connection that is %s exits with %i and "%s"', async (status, code, summary, given) => {
  expect(await judge(given)).toEqual([code, summary]);
  const { rows } = await db.query('select status from connection_status');
  expect(rows).toEqual([{ status }]);
});

const ends = 'WARNING: 1 token ends within 24 h';
const fine = 'OK: nothing needs attention';
test.each<[what: string, summary: string, given: Case]>([
  ['a renewed token', fine, { expiresIn: '23 hours' }],
  ['a token without a refresh token', ends, { expiresIn: '23 hours', refreshToken: false }],
  ['one that ends in more than 24 hours', fine, { expiresIn: '25 hours', refreshToken: false }],
  ['client credentials, which need no refresh token', fine, { kind: 'client_credentials', refreshToken: false }],
  ['an API key without an end', fine, { service: 'stripe', kind: 'api_key', refreshToken: false, expiresIn: null }],
  ['an API key that ends', ends, { service: 'stripe', kind: 'api_key', refreshToken: false }],
  ['a token for which no refresh is planned', ends, { nextRefreshIn: null }],
  ['a token whose service has no app', ends, { service: 'stripe' }],
  ['a token whose service was removed', ends, { service: 'removed' }],
  ['a token while no worker lives', `${ends}, no live worker`, { then: killWorkers }],
  ['a token while refreshing is paused', `${ends}, refreshing is paused`, { then: pause }],
  ['a far end while refreshing is paused', 'WARNING: refreshing is paused', { expiresIn: '2 days', then: pause }],
  ['a provider that is out', 'WARNING: 1 provider is out', { then: goesOut('token.example') }],
  ['what waits in a spool for long', 'WARNING: 3 answers wait in a spool', { then: spooledFor('61 seconds') }],
  ['what waits in a spool for a moment', fine, { then: spooledFor('59 seconds') }],
  ['a far end while no worker lives', fine, { expiresIn: '2 days', then: killWorkers }],
  ['a far end of a suspended app', fine, { expiresIn: '2 days', then: suspendApps }],
])('a WARNING is given for what nothing will renew: %s → %s', async (_, summary, given) => {
  expect(await judge(given)).toEqual([summary === fine ? 0 : 1, summary]);
});

const told = 'update connections set failing_since = otobot_now(); update connections set noticed_days = 7';
const over = 'WARNING: 1 consent ends within 14 d';
test.each<[what: string, summary: string, given: Case]>([
  ['absolute, in 13 days', over, { absoluteEndIn: '13 days' }],
  ['absolute, in 15 days', fine, { absoluteEndIn: '15 days' }],
  ['of a refresh token that each refresh replaces', fine, { service: 'slack', refreshEndIn: '13 days' }],
  ['of one that ends before its refresh', over, { service: 'slack', refreshEndIn: '1 hour', nextRefreshIn: '2 hours' }],
  ['idle, and refreshed before', fine, { idleEndIn: '2 hours' }],
  ['idle, and told of because its refreshes fail', over, { idleEndIn: '2 days', status: 'backoff', then: told }],
  ['idle, and refreshed after', over, { idleEndIn: '2 hours', nextRefreshIn: '3 hours' }],
  ['on hold', fine, { status: 'disabled', absoluteEndIn: '1 day' }],
])('a consent end is told when no refresh moves it: %s → %s', async (_, summary, given) => {
  expect(await judge(given)).toEqual([summary === fine ? 0 : 1, summary]);
});

test('CRITICAL outweighs WARNING, and both are named', async () => {
  await insertConnection(db, { client: 'one', status: 'reauth_required' });
  await insertConnection(db, { client: 'two', expiresIn: '-1 hour' });
  expect(await judge({ refreshToken: false })).toEqual([
    2,
    'CRITICAL: 1 to reconnect, 1 expired, 1 token ends within 24 h',
  ]);
});

test('the exit code follows the filters, and never the rows that are shown', async () => {
  await insertConnection(db, { client: 'dead', expiresIn: '-1 hour' });
  await insertConnection(db, { client: 'well', service: 'slack' });
  const codes = async (...args: string[]): Promise<number> => (await run(db.url, args)).code;
  expect(await codes('--client', 'well')).toBe(0);
  expect(await codes('--client', 'dead')).toBe(2);
  expect(await codes('--service', 'slack')).toBe(0);
  expect(await codes('--status', 'expired')).toBe(2);
  expect(await codes('--status', 'active', '--limit', '1')).toBe(0);
});

test('filters that select nothing, and an empty installation, are not called healthy', async () => {
  expect((await run(db.url)).out).toMatch(/^OK: there is no connection yet\n/);
  await insertConnection(db);
  expect(await run(db.url, ['--client', 'typo'])).toMatchObject({
    code: 3,
    out: expect.stringMatching(/^UNKNOWN: there is no client "typo"/) as string,
  });
  expect(await run(db.url, ['--service', 'typo'])).toMatchObject({
    code: 3,
    out: expect.stringMatching(/^UNKNOWN: there is no service "typo"/) as string,
  });
});

test('a provider that is out is named, where the filters select something of it', async () => {
  await insertConnection(db, { service: 'google' });
  await insertConnection(db, { service: 'stripe', kind: 'api_key', expiresIn: null });
  await db.query(goesOut('token.example'));
  const { out } = await run(db.url);
  expect(out).toContain('\nout for 12 min: token.example (http_503), 1 connection\n');
  expect((await run(db.url, ['--service', 'stripe'])).out).toMatch(/^OK/);
  expect((await run(db.url, ['--service', 'google'])).out).toMatch(/^WARNING: 1 provider is out\n/);
  const { incidents } = JSON.parse((await run(db.url, ['--json'])).out) as { incidents: unknown[] };
  expect(incidents).toMatchObject([{ host: 'token.example', code: 'http_503', connections: 1 }]);
});
