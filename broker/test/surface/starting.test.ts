import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { connectDatabase } from '../../src/db/database';
import { ensureDataKeys, openVault } from '../../src/services/encryption-keys';
import { rootsOfMaster, rootsOfServeKey, serveRootOf } from '../../src/vault/roots';
import type { SealPurpose } from '../../src/vault/vault';
import { makeRoots, silent } from '../support/broker';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/database';
import { runProgram } from '../system/program';
import { tokenContext } from '../vault/example';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const hex = (): string => randomBytes(32).toString('hex');
const serve = (args: string[], env: Record<string, string>) =>
  runProgram(['serve', ...args], { PORT: '0', DATABASE_URL: database.url, ...env });

test('the serve key without --surface grants starts nothing, and names the flag', async () => {
  const ended = await serve([], { ENCRYPTION_SERVE_KEY: hex() });
  expect(ended).toMatchObject({ code: 78, stdout: '' });
  expect(ended.stderr).toMatch(
    /^error: ENCRYPTION_SERVE_KEY .*otobot serve --surface grants\nhint: add --surface grants/,
  );
});

test('--surface grants without the serve key starts nothing, and says where it comes from', async () => {
  const ended = await serve(['--surface', 'grants'], {});
  expect(ended.code).toBe(78);
  expect(ended.stderr).toMatch(/^error: ENCRYPTION_SERVE_KEY is required .*\nhint: .*otobot keys serve-key\n$/);
});

test('--surface grants starts with no more than the serve key: the master key beside it is refused', async () => {
  const master = hex();
  const given = { ENCRYPTION_SERVE_KEY: hex(), ENCRYPTION_MASTER_KEY: master, ENCRYPTION_MASTER_KEY_PREVIOUS: master };
  const ended = await serve(['--surface', 'grants'], given);
  expect(ended.code).toBe(78);
  expect(ended.stderr.match(/^error: \S+ is more than --surface grants may hold$/gm)).toHaveLength(2);
  expect(ended.stderr).not.toContain(master);
});

test('with another serve key than that of the database nothing starts', async () => {
  await makeRoots(database);
  const ended = await serve(['--surface', 'grants'], { ENCRYPTION_SERVE_KEY: hex() });
  expect(ended.code).toBe(78);
  expect(ended.stderr).toMatch(
    /^error: ENCRYPTION_SERVE_KEY is not the key that this database was encrypted with\nhint: .*otobot keys serve-key/,
  );
});

test('a serve key that is none is told where one comes from, and so is who gives none in production', async () => {
  const malformed = await serve(['--surface', 'grants'], { ENCRYPTION_SERVE_KEY: 'abc' });
  expect(malformed).toMatchObject({ code: 78, stdout: '' });
  expect(malformed.stderr).toMatch(/^error: ENCRYPTION_SERVE_KEY must be 64 .*otobot keys serve-key shows it\n/);
  const none = await serve(['--surface', 'grants'], { NODE_ENV: 'production', PUBLIC_URL: 'https://a.example' });
  expect(none.code).toBe(78);
  expect(none.stderr).toMatch(/hint: .*with --surface grants give ENCRYPTION_SERVE_KEY instead\n/);
});

test('on a database that is not migrated it starts nothing and changes nothing', async () => {
  const empty = await createEmptyDatabase();
  const ended = await serve(['--surface', 'grants'], { DATABASE_URL: empty.url, ENCRYPTION_SERVE_KEY: hex() });
  expect(ended.code).toBe(78);
  expect(ended.stderr).toMatch(/migrations are not applied yet\nhint: run: otobot migrate/);
  expect((await empty.query(`select from pg_tables where schemaname = 'public'`)).rowCount).toBe(0);
  await empty.drop();
});

test('an unknown surface is bad usage', async () => {
  expect(await serve(['--surface', 'some'], {})).toMatchObject({ code: 2 });
});

test('the serve key goes to a terminal, or where --print says so', async () => {
  const env = { ENCRYPTION_MASTER_KEY: hex() };
  const refused = await runProgram(['keys', 'serve-key'], env);
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  const printed = await runProgram(['keys', 'serve-key', '--print'], env);
  expect(printed.stdout).toBe(`${serveRootOf(createSecretKey(Buffer.from(env.ENCRYPTION_MASTER_KEY, 'hex')))}\n`);
  expect(printed.stderr).toMatch(/^This is a secret/);
  const without = await runProgram(['keys', 'serve-key', '--print'], { OTOBOT_DATA_DIR: '/nonexistent' });
  expect(without).toMatchObject({ code: 78, stdout: '' });
});

test('with the serve key alone access tokens open, and nothing that makes tokens does', async () => {
  const fresh = await createTestDatabase();
  const master = createSecretKey(randomBytes(32));
  const { database: serving, close } = await prepared(fresh, master);
  const whole = await openVault(serving, { current: rootsOfMaster(master), previous: null });
  const serveKey = createSecretKey(Buffer.from(serveRootOf(master), 'hex'));
  const apart = await openVault(serving, { current: rootsOfServeKey(serveKey), previous: null });

  const sealed = (purpose: SealPurpose): Buffer => whole.seal(purpose, tokenContext, 'a secret').record;
  expect(apart.open('access', tokenContext, sealed('access')).toString()).toBe('a secret');
  const { mac, keyVersion } = whole.mac('pepper', ['a']);
  expect(apart.verifyMac('pepper', keyVersion, ['a'], mac)).toBe(true);
  // Refresh tokens, client secrets and PKCE verifiers are all sealed for `refresh`.
  for (const purpose of ['refresh', 'session'] as const) {
    expect(() => apart.open(purpose, tokenContext, sealed(purpose))).toThrow(/key_unavailable/);
    expect(() => apart.open('access', tokenContext, sealed(purpose))).toThrow(/key_unavailable/);
    expect(() => apart.seal(purpose, tokenContext, 'a secret')).toThrow(/key_unavailable/);
  }
  expect(apart.keyring.missingVersions()).toEqual([]);
  await close();
  await fresh.drop();
});

async function prepared(fresh: TestDatabase, master: KeyObject) {
  const owner = connectDatabase({ url: fresh.url, role: null, max: 1, log: silent });
  await ensureDataKeys(owner, { current: rootsOfMaster(master), previous: null });
  await owner.close();
  const serving = connectDatabase({ url: fresh.url, role: 'otobot_serve', max: 1, log: silent });
  return { database: serving, close: () => serving.close() };
}
