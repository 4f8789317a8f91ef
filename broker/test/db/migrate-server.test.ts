import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { migrate } from '../../src/db/migrate';
import { sqlDirectory } from '../../src/db/migration-files';
import { startEmbedded } from '../../src/db/embedded/start-embedded';
import { ConfigurationError, type Mistake } from '../../src/errors/configuration-error';
import { createEmptyDatabase } from '../support/database';
import { startOldServer } from '../support/postgres-old-server';
import { temporaryDataDir } from '../support/postgres-members';
import { THROWAWAY } from '../support/postgres-throwaway';
import { onServer, urlOfDatabase, withClient } from '../support/postgres-statements';

const log = { info: () => undefined };

async function mistakeOf(url: string): Promise<Mistake | undefined> {
  const error: unknown = await migrate({ url, directory: sqlDirectory, log }).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ConfigurationError);
  return (error as ConfigurationError).mistakes[0];
}

test('a server older than PostgreSQL 15 is refused with the version it has', async () => {
  const old = await startOldServer('140012', '14.12 (Debian)');
  expect(await mistakeOf(old.url)).toEqual({
    name: 'DATABASE_URL',
    message: 'is PostgreSQL 14.12 (Debian), which is too old',
    hint: 'upgrade the server to PostgreSQL 15 to 18',
  });
  old.close();
});

test('a port where nobody listens is said to be that', async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  const mistake = await mistakeOf(`postgres://otobot:the-password@127.0.0.1:${port}/otobot`);
  expect(mistake?.message).toMatch(/cannot be used: .*ECONNREFUSED/);
  expect(mistake?.hint).toMatch(/start the server/);
});

test('a wrong password, a missing database and a malformed URL are told apart, and no password is printed', async () => {
  const database = await createEmptyDatabase();
  const wrong = new URL(database.url);
  wrong.password = 'not-the-password';
  const mistakes = [
    await mistakeOf(wrong.href),
    await mistakeOf(urlOfDatabase(database.url, 'test_nowhere')),
    await mistakeOf('postgres://otobot:not-the-password@[oops/otobot'),
  ];
  expect(mistakes.map((mistake) => mistake?.hint)).toEqual([
    'correct user and password',
    'create the database, or correct its name',
    expect.any(String),
  ]);
  expect(JSON.stringify(mistakes)).not.toContain('not-the-password');
  await database.drop();
});

test('the schema can be made by a role that is no superuser, in a cluster that is fresh', async () => {
  const { dataDir, remove } = temporaryDataDir();
  const server = await startEmbedded({ dataDir, settings: THROWAWAY });
  try {
    await onServer(server.url, "create role migrator login createrole createdb password 'of-the-migrator'");
    await onServer(server.url, 'create database tenants owner migrator');
    const url = new URL(urlOfDatabase(server.url, 'tenants'));
    [url.username, url.password] = ['migrator', 'of-the-migrator'];
    const { applied } = await migrate({ url: url.href, directory: sqlDirectory, log });
    expect(applied.length).toBeGreaterThan(0);
    await withClient(url.href, (client) => client.query('table otobot_migrations'));
    // A second installation in the same cluster finds the roles there already.
    await onServer(server.url, 'create database others owner migrator');
    url.pathname = '/others';
    expect((await migrate({ url: url.href, directory: sqlDirectory, log })).applied).toEqual(applied);
  } finally {
    await server.release();
    await remove();
  }
});
