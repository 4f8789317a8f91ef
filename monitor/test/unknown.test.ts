import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createEmptyDatabase, createTestDatabase } from '../../broker/test/support/database';
import { findDatabase } from '../src/database-url';
import { run } from './installation';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'otobot-monitor-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const unknown = (line: string, hint: string) => ({
  code: 3,
  out: expect.stringMatching(new RegExp(`^UNKNOWN: .*${line}.*\nhint: .*${hint}.*\n$`)) as string,
});

test('no database listens → UNKNOWN, without the password', async () => {
  const answer = await run('postgres://user:sesame@127.0.0.1:1/otobot');
  expect(answer).toMatchObject(unknown('no database listens', 'DATABASE_URL'));
  expect(answer.out + answer.complaints).not.toContain('sesame');
});

test('a database that never answers → UNKNOWN after 5 seconds', async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  expect(await run(`postgres://user@127.0.0.1:${port}/otobot`)).toMatchObject(unknown('does not answer', 'PostgreSQL'));
  for (const socket of sockets) socket.destroy();
  silent.close();
});

test('a database without Otobot in it → UNKNOWN, and how to put it there', async () => {
  const empty = await createEmptyDatabase();
  const answer = await run(empty.url);
  await empty.drop();
  expect(answer).toMatchObject(unknown('no Otobot tables', 'otobot migrate'));
});

test('a database that does not exist → UNKNOWN', async () => {
  const db = await createTestDatabase();
  const url = new URL(db.url);
  url.pathname = '/test_not_there';
  expect(await run(url.href)).toMatchObject(unknown('does not exist', 'create it'));
  await db.drop();
});

test.each([[['--status', 'gone']], [['--limit', 'many']], [['--watch']], [['extra']]])(
  'bad usage %j is UNKNOWN, since 2 would read as CRITICAL',
  async (args) => {
    const { code, out, complaints } = await run('postgres://user@127.0.0.1:1/x', args);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(complaints).toMatch(/^error: .*\nhint: monitor-tokens --help/s);
  },
);

test('--help and --version print and are fine', async () => {
  expect(await run('', ['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('Examples:') as string });
  expect(await run('', ['--version'])).toEqual({ code: 0, out: '0.1.0\n', complaints: '' });
});

test('no DATABASE_URL and no embedded server that runs → UNKNOWN, with the way to start it', async () => {
  const environment = { OTOBOT_DATA_DIR: folder };
  expect(await run('', [], { environment })).toMatchObject(unknown('no embedded PostgreSQL runs', 'npm start'));
});

test('an embedded server that was killed is one that does not run', async () => {
  embedded('1', 'secret');
  const environment = { OTOBOT_DATA_DIR: folder };
  expect(await run('', [], { environment })).toMatchObject(unknown('no embedded PostgreSQL runs', 'npm start'));
});

test('the embedded server is found by its port and its password', () => {
  embedded('54321', 'a b/c');
  expect(findDatabase({ OTOBOT_DATA_DIR: folder, DATABASE_URL: '' }).url).toBe(
    'postgres://otobot:a%20b%2Fc@127.0.0.1:54321/otobot',
  );
});

test('DATABASE_URL may come from a file, whose last newline is cut; not both, and not one that is no URL', async () => {
  const file = path.join(folder, 'url');
  const url = 'postgres://user@127.0.0.1:1/x';
  writeFileSync(file, `${url}\n`);
  expect(findDatabase({ DATABASE_URL_FILE: file }).url).toBe(url);
  const both = { DATABASE_URL_FILE: file, DATABASE_URL: url };
  expect(await run('', [], { environment: both })).toMatchObject(unknown('given twice', 'remove one'));
  const missing = { DATABASE_URL_FILE: path.join(folder, 'missing') };
  expect(await run('', [], { environment: missing })).toMatchObject(unknown('cannot be read', 'check the path'));
  expect(await run('mysql://user:sesame@host/x')).toMatchObject(unknown('not a PostgreSQL URL', 'postgres://'));
});

function embedded(port: string, password: string): void {
  const data = path.join(folder, 'postgres', 'data');
  mkdirSync(data, { recursive: true });
  writeFileSync(path.join(data, 'postmaster.pid'), `123\n${data}\n1700000000\n${port}\n\n127.0.0.1\n\nready\n`);
  writeFileSync(path.join(folder, 'postgres.password'), password);
}
