import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { until } from '../support/until';
import { createInstallation, type Installation } from './installation';
import { startLoad } from './load';
import { runProgram, type Program } from './program';
import { exchange, request } from './raw';

const PROGRAM = path.resolve(__dirname, '..', '..', 'dist', 'bin', 'otobot.js');
const PRELOAD = `--require=${path.join(__dirname, 'fail-on-signal.cjs')}`;

let installation: Installation;
let key: string;
beforeAll(async () => {
  installation = createInstallation();
  const first = await installation.start('start');
  key = first.accessKey ?? '';
}, 60_000);
afterAll(() => installation.remove());

async function stop(program: Program): Promise<void> {
  program.signal('SIGTERM');
  expect((await program.ended).code).toBe(0);
}

describe('a running process', () => {
  test('opens no debugger on SIGUSR1, and goes on', async () => {
    const program = await installation.start('serve');
    program.signal('SIGUSR1');
    program.signal('SIGUSR1');
    expect((await exchange(program.url, request('GET', '/health', []))).status).toBe(200);
    await expect(reach(9229)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(program.stderr()).not.toMatch(/Debugger|inspector/i);
    await stop(program);
  });

  test('writes no report on SIGUSR2, also where Node was told to', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'otobot-report-'));
    const NODE_OPTIONS = `--report-on-signal --report-signal=SIGUSR2 --report-directory=${folder} ${PRELOAD}`;
    const program = await installation.start('serve', { NODE_OPTIONS, MESSAGE: 'x' });
    program.signal('SIGUSR2'); // after the report there was to be, the preloaded file throws
    await program.ended;
    expect(fs.readdirSync(folder)).toEqual([]);
    fs.rmSync(folder, { recursive: true });
  });

  test('has taken its secrets out of the environment, so that nothing it starts inherits them', async () => {
    const INTERNAL_API_TOKEN = `canary-${randomBytes(20).toString('hex')}`;
    const told = await runWithSecrets({ INTERNAL_API_TOKEN });
    expect(told).toEqual({ before: true, after: false });
  });

  test('leaves nothing of its memory in a core dump, whatever the limit is', async () => {
    const program = await installation.start('serve');
    if (process.platform !== 'linux') return;
    expect(Number.parseInt(fs.readFileSync(`/proc/${program.pid}/coredump_filter`, 'utf8'), 16)).toBe(0);
    execFileSync('prlimit', ['--pid', String(program.pid), '--core=unlimited']);
    const secret = key.slice(-20);
    expect((await exchange(program.url, request('GET', '/v1/whoami', [`Authorization: Bearer ${key}`]))).status).toBe(
      200,
    );
    program.signal('SIGSEGV');
    expect(await program.ended).toMatchObject({ signal: 'SIGSEGV' });
    // Where the system hands dumps to a program there is no file to look into; the filter holds for those too.
    for (const file of coreFiles(program.pid)) {
      expect(fs.readFileSync(file).includes(secret)).toBe(false);
      fs.rmSync(file);
    }
  });
});

/** Runs the first imports of the program and then its configuration; tells whether the secret stood in what a child inherits. */
async function runWithSecrets(env: Record<string, string>): Promise<unknown> {
  const dist = path.dirname(path.dirname(PROGRAM));
  const script = `
    const { execFileSync } = require('node:child_process');
    const inherits = () => execFileSync('env', { encoding: 'utf8' }).includes('canary-');
    const before = inherits();
    require(${JSON.stringify(path.join(dist, 'config', 'take-config.js'))}).takeConfig();
    process.stdout.write(JSON.stringify({ before, after: inherits() }));`;
  const child = spawn(process.execPath, ['-e', script], { env: { PATH: process.env.PATH, ...env } });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
  await once(child, 'close');
  return JSON.parse(text);
}

function coreFiles(pid: number): string[] {
  return ['core', `core.${pid}`].map((name) => path.join(process.cwd(), name)).filter((file) => fs.existsSync(file));
}

async function reach(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect').finally(() => socket.destroy());
}

describe('what nobody caught', () => {
  test.each([
    ['an exception', 'SIGUSR2', 'RangeError at '],
    ['a rejected promise', 'SIGWINCH', 'TypeError at '],
  ] as const)(
    '%s ends the process with 1: requests are answered, the message is not told',
    async (_what, signal, told) => {
      const MESSAGE = `canary-${randomBytes(8).toString('hex')}`;
      const env = { NODE_OPTIONS: PRELOAD, MESSAGE, RATE_LIMIT_PER_MINUTE: '1000000' };
      const program = await installation.start('serve', env);
      const load = startLoad({ key, urls: [`${program.url}/v1/whoami`], readers: 10 });
      await until('the load is on', () => (load.counts['200'] ?? 0) > 50);
      program.signal(signal);
      program.signal(signal);
      const { code, stderr } = await program.ended;
      await load.stop();
      expect(code).toBe(1);
      const lines = stderr.split('\n').filter((line) => line.includes('not caught'));
      expect(lines).toHaveLength(1);
      expect((JSON.parse(lines[0] ?? '') as { error: string }).error).toContain(told);
      expect(stderr).not.toContain(MESSAGE);
      expect(Object.keys(load.counts).sort()).toEqual(['200', 'refused'].filter((name) => name in load.counts));
    },
  );

  test('in a command ends it with 1 and one line', async () => {
    const script = path.join(__dirname, 'fail-at-once.cjs');
    const { code, stderr, stdout } = await runProgram(['organization', 'list'], {
      OTOBOT_DATA_DIR: installation.dataDir,
      NODE_OPTIONS: `--require=${script}`,
    });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: RangeError at [^\n]*\n$/);
    expect(stderr).not.toContain('canary');
  });
});

describe('production', () => {
  const env = {
    NODE_ENV: 'production',
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    ENCRYPTION_MASTER_KEY: randomBytes(32).toString('hex'),
    PUBLIC_URL: 'https://otobot.example',
  };

  test.each([
    ['NODE_OPTIONS', { NODE_OPTIONS: '--inspect=127.0.0.1:0' }],
    ['NODE_OPTIONS', { NODE_OPTIONS: '--max-old-space-size=500 --heapsnapshot-signal=SIGUSR2' }],
    ['NODE_OPTIONS', { NODE_OPTIONS: '--abort-on-uncaught-exception' }],
    ['NODE_DEBUG', { NODE_DEBUG: 'http' }],
    ['NODE_TLS_REJECT_UNAUTHORIZED', { NODE_TLS_REJECT_UNAUTHORIZED: '0' }],
  ])('does not start with %s: %j', async (name, unsafe) => {
    const { code, stderr } = await runProgram(['serve'], { ...env, ...unsafe });
    expect(code).toBe(78);
    expect(stderr).toMatch(new RegExp(`^error: ${name} `, 'm'));
  });
});
