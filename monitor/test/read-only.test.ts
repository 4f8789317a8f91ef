import { randomBytes } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '../../broker/test/support/database';
import { withClient } from '../../broker/test/support/postgres-statements';
import { readOnly } from '../src/read-only';
import { insertConnection, prepare, run } from './installation';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await prepare(db);
  await insertConnection(db);
});
afterAll(() => db.drop());

/** PostgreSQL's code for what the monitor's session is refused. */
async function refusal(statement: string, url = db.url): Promise<unknown> {
  const attempt = readOnly(url, (query) => query(statement, []));
  const error: unknown = await attempt.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof Error && error.cause instanceof Error ? (error.cause as NodeJS.ErrnoException).code : error;
}

const READ_ONLY_TRANSACTION = '25006';
const NO_PRIVILEGE = '42501';

test('the session reads, as otobot_monitor, with a superuser signed in', async () => {
  const text = `select current_user as role, current_setting('default_transaction_read_only') as read_only`;
  expect(await readOnly(db.url, (query) => query(text, []))).toEqual([{ role: 'otobot_monitor', read_only: 'on' }]);
});

test.each([
  'update connections set name = name',
  'delete from token_sets',
  'create table t ()',
  `select nextval('worker_numbers')`,
])('it cannot write: %s', async (statement) => {
  expect([READ_ONLY_TRANSACTION, NO_PRIVILEGE]).toContain(await refusal(statement));
});

test.each(['update connections set name = name', 'delete from processes', `insert into outbox (type) values ('x')`])(
  'its role has no right to write, even where transactions may: %s',
  async (statement) => {
    const attempt = withClient(db.url, async (client) => {
      await client.query('set role otobot_monitor');
      await client.query(statement);
    });
    await expect(attempt).rejects.toMatchObject({ code: NO_PRIVILEGE });
  },
);

test.each([
  'select access_sealed from token_sets',
  'select refresh_sealed from token_sets',
  'select client_secrets_sealed from apps',
  'select wrapped_key from encryption_keys',
  'select secret_hash from access_keys',
  'select from audit',
])('it cannot see what is sealed or not its business: %s', async (statement) => {
  expect(await refusal(statement)).toBe(NO_PRIVILEGE);
});

test('options in the URL do not lift the role', async () => {
  const url = new URL(db.url);
  url.searchParams.set('options', '-c role=none -c default_transaction_read_only=off');
  expect(await refusal('select access_sealed from token_sets', url.href)).toBe(NO_PRIVILEGE);
});

test('a login with nothing but that role is enough, and one without it is told what to grant', async () => {
  const name = `watcher_${randomBytes(6).toString('hex')}`;
  const url = new URL(db.url);
  url.username = name;
  url.password = 'not-secret';
  await db.query(`create role ${name} login password 'not-secret'`);
  const without = await run(url.href);
  await db.query(`grant otobot_monitor to ${name}`);
  const member = await run(url.href);
  await db.query(`drop role ${name}`);
  expect(without).toMatchObject({ code: 3, out: expect.stringContaining('grant otobot_monitor to') as string });
  expect(member).toMatchObject({ code: 0, out: expect.stringContaining('acme') as string });
});
