import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createTestDatabase, type TestDatabase } from '../../broker/test/support/database';
import { insertConnection, prepare } from './installation';

const ROOT = path.join(__dirname, '../..');
const PROGRAM = [
  '-r',
  path.join(ROOT, 'broker/test/support/run-typescript.cjs'),
  path.join(ROOT, 'monitor/src/monitor-tokens.ts'),
];

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await prepare(db);
  await insertConnection(db, { expiresIn: '-1 hour' });
});
afterAll(() => db.drop());

interface Ended {
  code: number | null;
  out: string;
  complaints: string;
}

function node(args: string[], { readsOutput = true } = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      env: { ...process.env, DATABASE_URL: db.url },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended: Ended = { code: null, out: '', complaints: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (ended.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (ended.complaints += text));
    if (!readsOutput) child.stdout.destroy();
    child.once('close', (code) => {
      resolve({ ...ended, code });
    });
  });
}

test('the process prints all, ends by itself, and exits with the code of the verdict', async () => {
  const { code, out, complaints } = await node(PROGRAM);
  expect({ code, complaints }).toEqual({ code: 2, complaints: '' });
  expect(out).toMatch(/^CRITICAL: 1 expired\n[^]*refresh errors\n$/);
});

test('a reader that leaves early (| head) changes neither the exit code nor makes it complain', async () => {
  expect(await node(PROGRAM, { readsOutput: false })).toEqual({ code: 2, out: '', complaints: '' });
});

test('monitor-tokens.js at the root runs the build, and says how to make it where there is none', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'otobot-checkout-'));
  const script = path.join(folder, 'monitor-tokens.js');
  mkdirSync(path.join(folder, 'monitor', 'bin'), { recursive: true });
  for (const file of ['monitor-tokens.js', 'monitor/bin/monitor-tokens.js']) {
    copyFileSync(path.join(ROOT, file), path.join(folder, file));
  }
  const without = await node([script]);
  mkdirSync(path.join(folder, 'monitor', 'dist'), { recursive: true });
  writeFileSync(path.join(folder, 'monitor', 'dist', 'monitor-tokens.js'), 'console.log(process.argv[2])');
  const built = await node([script, 'passed on']);
  rmSync(folder, { recursive: true });
  expect(without).toMatchObject({ code: 3, out: expect.stringMatching(/^UNKNOWN: /) as string });
  expect(without.complaints).toContain('npm run build');
  expect(built).toEqual({ code: 0, out: 'passed on\n', complaints: '' });
});
