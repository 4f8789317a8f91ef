import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { createInstallation, type Installation } from './installation';
import { runProgram, type Ended } from './program';

const GOOD_KEY = randomBytes(32).toString('hex');

describe('before anything is opened', () => {
  const folder = path.join('/nonexistent', 'otobot'); // whoever opened it would fail, and otherwise than expected

  const run = (args: string[], env: Record<string, string> = {}): Promise<Ended> =>
    runProgram(args, { OTOBOT_DATA_DIR: folder, PORT: '0', ...env });

  test.each([
    ['63 characters', GOOD_KEY.slice(1)],
    ['65 characters', `${GOOD_KEY}a`],
    ['not hex', `${GOOD_KEY.slice(1)}g`],
    ['a trailing newline', `${GOOD_KEY}\n`],
    ['all zeros', '0'.repeat(64)],
  ])('a master key of %s is refused by name and never printed', async (_kind, key) => {
    const ended = await run(['start'], { ENCRYPTION_MASTER_KEY: key });
    expect(ended.code).toBe(78);
    expect(ended.stderr).toMatch(/^error: ENCRYPTION_MASTER_KEY [^\n]+\nhint: [^\n]+\n$/);
    expect(ended.stdout + ended.stderr).not.toContain(key.trim().slice(0, 16));
  });

  test('production invents nothing: it names all that is missing at once', async () => {
    const ended = await run(['start'], { NODE_ENV: 'production' });
    expect(ended.code).toBe(78);
    const named = [...ended.stderr.matchAll(/^error: (\w+) is required/gm)].map(([, name]) => name);
    expect(named).toEqual(['DATABASE_URL', 'ENCRYPTION_MASTER_KEY', 'PUBLIC_URL']);
    expect(ended.stderr.match(/^hint: .+$/gm)).toHaveLength(3);
  });

  test('several mistakes are told together, none with its value', async () => {
    const ended = await run(['serve'], { PORT: 'otbcanary', LOG_LEVEL: 'otbcanary', INTERNAL_API_TOKEN: 'otbcanary' });
    expect(ended.code).toBe(78);
    const named = [...ended.stderr.matchAll(/^error: (\w+) /gm)].map(([, name]) => name);
    expect(named.sort()).toEqual(['INTERNAL_API_TOKEN', 'LOG_LEVEL', 'PORT']);
    expect(ended.stderr).not.toContain('otbcanary');
  });

  test.each([[['strat']], [['serve', '--prot', '3001']], [['refresh', 'now']]])(
    'what is no command or option is bad usage: otobot %j',
    async (args) => {
      const ended = await run(args);
      expect(ended.code).toBe(2);
      expect(ended.stderr).toMatch(/^error: [^\n]+\n/);
      expect(ended.stderr).toContain('--help');
    },
  );

  test('a database that does not answer is told in a line with a hint, without its password', async () => {
    const closed = await freePort();
    const url = `postgres://otobot:otbcanary@127.0.0.1:${closed}/otobot`;
    const ended = await run(['serve'], { DATABASE_URL: url, ENCRYPTION_MASTER_KEY: GOOD_KEY });
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).toMatch(/^error: [^\n]*(database|DATABASE_URL)[^\n]*\n(hint: [^\n]+\n)?$/);
    expect(ended.stderr).toContain('DATABASE_URL');
    expect(ended.stdout + ended.stderr).not.toContain('otbcanary');
  });
});

describe('on an installation with data', () => {
  let installation: Installation;
  let accessKey: string;
  const keyFile = (): string => path.join(installation.dataDir, 'master.key');

  beforeAll(async () => {
    installation = createInstallation();
    const first = await installation.start('start');
    accessKey = first.accessKey ?? '';
    first.signal('SIGTERM');
    await first.ended;
  }, 60_000);
  afterAll(() => installation.remove());

  /** The right input works as if nothing had been tried. */
  async function startsAndServes(): Promise<void> {
    const program = await installation.start('start');
    const answer = await fetch(`${program.url}/v1/whoami`, { headers: { authorization: `Bearer ${accessKey}` } });
    expect(answer.status).toBe(200);
    expect(program.accessKey).toBeNull();
    program.signal('SIGTERM');
    expect((await program.ended).code).toBe(0);
  }

  test('another valid master key is refused, and changes nothing', async () => {
    const ended = await installation.run(['start'], { ENCRYPTION_MASTER_KEY: GOOD_KEY });
    expect(ended.code).toBe(78);
    expect(ended.stderr).toMatch(/^error: ENCRYPTION_MASTER_KEY [^\n]+\nhint: [^\n]+\n$/m);
    expect(ended.stdout + ended.stderr).not.toContain(GOOD_KEY.slice(0, 16));
    expect(installation.server()).toBeNull();
    await startsAndServes();
  });

  test('a lost master.key is not replaced by a new one', async () => {
    const away = `${keyFile()}.away`;
    fs.renameSync(keyFile(), away);
    const ended = await installation.run(['start']);
    expect(ended.code).toBe(78);
    expect(ended.stderr).toMatch(/^error: ENCRYPTION_MASTER_KEY [^\n]+\nhint: [^\n]+\n$/m);
    expect(fs.existsSync(keyFile())).toBe(false);
    fs.renameSync(away, keyFile());
    await startsAndServes();
  });

  test('a damaged master.key is refused without being printed', async () => {
    const good = fs.readFileSync(keyFile(), 'utf8');
    fs.writeFileSync(keyFile(), good.slice(1));
    const ended = await installation.run(['start']);
    expect(ended.code).toBe(78);
    expect(ended.stderr).toMatch(/^error: ENCRYPTION_MASTER_KEY [^\n]+\nhint: [^\n]+\n$/m);
    expect(ended.stderr).not.toContain(good.slice(1, 17));
    fs.writeFileSync(keyFile(), good);
    await startsAndServes();
  });

  test('a port in use is named, and the database is left alone', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => holder.once('listening', resolve));
    const { port } = holder.address() as AddressInfo;
    const ended = await installation.run(['start'], { PORT: String(port) });
    expect(ended.code).toBe(78);
    expect(ended.stderr).toMatch(new RegExp(`^error: PORT ${port} is in use[^\\n]*\\nhint: [^\\n]+\\n$`, 'm'));
    expect(ended.stdout).toBe('');
    expect(installation.server()).toBeNull();
    await new Promise((resolve) => holder.close(resolve));
    await startsAndServes();
  });
});

test('a port in use at the first start does not use up the access key that is shown once', async () => {
  const installation = createInstallation();
  try {
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => holder.once('listening', resolve));
    const { port } = holder.address() as AddressInfo;
    const ended = await installation.run(['start'], { PORT: String(port) });
    expect(ended.code).toBe(78);
    await new Promise((resolve) => holder.close(resolve));
    const second = await installation.start('start');
    expect(second.accessKey).toMatch(/^otb_live_/);
    second.signal('SIGTERM');
    await second.ended;
  } finally {
    await installation.remove();
  }
}, 60_000);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
