import { once } from 'node:events';
import fs from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { locateNative } from '../../src/db/embedded/native';
import { startEmbedded } from '../../src/db/embedded/start-embedded';
import { ConfigurationError } from '../../src/errors/configuration-error';
import { dataOf, temporaryDataDir } from '../support/postgres-members';
import { withClient } from '../support/postgres-statements';

const removals: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(removals.map((remove) => remove())));
const folder = (name?: string): string => {
  const { dataDir, remove } = temporaryDataDir(name);
  removals.push(remove);
  return dataDir;
};

test('a folder with spaces, accents and a long name works, is closed to others, and keeps its data', async () => {
  const dataDir = folder(`été d'otobot ${'ü'.repeat(70)}`);
  fs.mkdirSync(dataDir, { mode: 0o755 });
  const first = await startEmbedded({ dataDir });
  expect(fs.statSync(dataDir).mode & 0o777).toBe(0o700);
  await withClient(first.url, async (client) => {
    await client.query("create table kept as select 'Zoë' as name");
    const { rows } = await client.query('select current_database() as name, current_setting($1) as limit', [
      'max_connections',
    ]);
    expect(rows).toEqual([{ name: 'otobot', limit: '200' }]);
  });
  await first.release();
  const again = await startEmbedded({ dataDir });
  expect(again.startedHere).toBe(true);
  expect((await withClient(again.url, (client) => client.query('select name from kept'))).rows).toEqual([
    { name: 'Zoë' },
  ]);
  await again.release();
});

test('a leftover postmaster.pid whose pid is now another program, and whose port is taken, does not hinder', async () => {
  const dataDir = folder();
  await (await startEmbedded({ dataDir })).release();
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  // Our parent's: PostgreSQL itself already distrusts the pid of the process that starts it, which is us.
  const lines = [process.ppid, dataOf(dataDir), 1, port, '', '127.0.0.1', '0 0', 'ready'];
  fs.writeFileSync(path.join(dataOf(dataDir), 'postmaster.pid'), `${lines.join('\n')}\n`);
  const server = await startEmbedded({ dataDir });
  expect(server.startedHere).toBe(true);
  expect(server.port).not.toBe(port);
  await server.release();
  other.close();
});

test('a folder of others is left as it is, and named', async () => {
  const dataDir = folder();
  fs.mkdirSync(dataDir, { mode: 0o755 });
  fs.writeFileSync(path.join(dataDir, 'letter.txt'), 'Dear Zoë');
  await expect(startEmbedded({ dataDir })).rejects.toThrow(/OTOBOT_DATA_DIR: is a folder with other things in it/);
  expect(fs.statSync(dataDir).mode & 0o777).toBe(0o755);
  expect(fs.readdirSync(dataDir)).toEqual(['letter.txt']);
});

test('a file where the folder should be is named', async () => {
  const dataDir = folder();
  fs.writeFileSync(dataDir, '');
  for (const place of [dataDir, path.join(dataDir, 'below')])
    await expect(startEmbedded({ dataDir: place })).rejects.toThrow(/OTOBOT_DATA_DIR: needs a folder/);
});

test('a missing superuser password is named, not replaced by one that does not fit', async () => {
  const dataDir = folder();
  await (await startEmbedded({ dataDir })).release();
  const password = path.join(dataDir, 'postgres.password');
  fs.renameSync(password, `${password}.away`);
  await expect(startEmbedded({ dataDir })).rejects.toThrow(/postgres\.password is missing/);
  expect(fs.existsSync(password)).toBe(false);
});

test('what statements carry never reaches the log of the server', async () => {
  const dataDir = folder();
  const server = await startEmbedded({ dataDir });
  await withClient(server.url, async (client) => {
    await client.query('create table t (id int primary key, secret text check (length(secret) < 5))');
    const insert = "insert into t values (1, 'canary-in-the-log')";
    await expect(client.query(insert)).rejects.toThrow(/check constraint/);
    await expect(client.query('insert into t values (1, $1)', ['canary-in-the-log'])).rejects.toThrow(
      /check constraint/,
    );
  });
  await server.release();
  const log = fs.readFileSync(path.join(dataDir, 'postgres.log'), 'utf8');
  expect(log).toContain('violates check constraint');
  expect(log).not.toContain('canary');
});

test.each([
  ['sunos', 'x64'],
  ['win32', 'x64'],
  ['linux', 'mips'],
])('%s on %s has no embedded server, and is told to give DATABASE_URL', (platform, arch) => {
  expect(() => locateNative(platform, arch)).toThrow(ConfigurationError);
  expect(() => locateNative(platform, arch)).toThrow(/^DATABASE_URL: .*PostgreSQL 15 to 18/);
});
