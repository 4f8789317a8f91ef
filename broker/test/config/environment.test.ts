import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig } from '../../src/config/environment';
import { ConfigurationError } from '../../src/errors/configuration-error';

const MASTER = 'ab'.repeat(32);
const TOKEN = 'internal-token-of-at-least-32-chars';

function mistakesIn(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.mistakes.map(({ name }) => name);
    throw error;
  }
  return [];
}

test('an empty environment is a trial on this machine', () => {
  expect(readConfig({})).toMatchObject({
    production: false,
    host: '127.0.0.1',
    port: 3001,
    publicUrl: 'http://localhost:3001',
    databaseUrl: null,
    masterKey: null,
    outbound: { allowPrivate: 'loopback', privateHosts: [] },
    trustProxy: 0,
    rateLimitPerMinute: 6_000,
  });
});

test('production invents nothing and says at once all that is missing', () => {
  expect(mistakesIn({ NODE_ENV: 'production' })).toEqual(['DATABASE_URL', 'ENCRYPTION_MASTER_KEY', 'PUBLIC_URL']);
});

test('with a database of its own, private providers are refused unless allowed', () => {
  const given = { DATABASE_URL: 'postgres://u:p@db:5432/otobot' };
  expect(readConfig(given).outbound.allowPrivate).toBe(false);
  expect(readConfig({ ...given, OTOBOT_ALLOW_PRIVATE_PROVIDERS: 'true' }).outbound.allowPrivate).toBe(true);
});

test.each([
  ['NODE_ENV', 'produciton'],
  ['PORT', '65536'],
  ['PORT', '3001x'],
  ['PORT', '-1'],
  ['PUBLIC_URL', 'http://otobot.example.com'],
  ['PUBLIC_URL', 'https://otobot.example.com/path'],
  ['PUBLIC_URL', 'https://user@otobot.example.com'],
  ['PUBLIC_URL', 'otobot'],
  ['DATABASE_URL', 'mysql://localhost/otobot'],
  ['ENCRYPTION_MASTER_KEY', MASTER.slice(1)],
  ['ENCRYPTION_MASTER_KEY', `${MASTER}0`],
  ['ENCRYPTION_MASTER_KEY', `${MASTER}\n`],
  ['ENCRYPTION_MASTER_KEY', 'xy'.repeat(32)],
  ['ENCRYPTION_MASTER_KEY', '00'.repeat(32)],
  ['ENCRYPTION_MASTER_KEY_PREVIOUS', 'short'],
  ['ENCRYPTION_SERVE_KEY', 'short'],
  ['INTERNAL_API_TOKEN', 'too-short'],
  ['INTERNAL_API_TOKEN', `${TOKEN}\n`],
  ['LOG_LEVEL', 'verbose'],
  ['TRUST_PROXY', 'everybody'],
  ['RATE_LIMIT_PER_MINUTE', '0'],
  ['HISTORY_DAYS', '1'],
  ['HISTORY_DAYS', '-2'],
  ['HISTORY_DAYS', '10000'],
  ['HISTORY_DAYS', '30d'],
  ['OTOBOT_ALLOW_PRIVATE_PROVIDERS', 'yes'],
  ['OTOBOT_PRIVATE_HOSTS', 'http://crm.internal/path'],
])('%s is refused by name when it is wrong', (name, value) => {
  expect(mistakesIn({ [name]: value })).toEqual([name]);
});

test.each(['ENCRYPTION_MASTER_KEY', 'ENCRYPTION_SERVE_KEY', 'INTERNAL_API_TOKEN', 'DATABASE_URL'])(
  '%s is never quoted',
  (name) => {
    let told = '';
    try {
      readConfig({ [name]: 'canary with a space' });
    } catch (error) {
      told = `${String(error)} ${JSON.stringify(error)}`;
    }
    expect(told).toContain(name);
    expect(told).not.toContain('canary');
  },
);

test('all mistakes are told at once', () => {
  expect(mistakesIn({ PORT: 'x', LOG_LEVEL: 'x', TRUST_PROXY: 'x' })).toEqual(['PORT', 'LOG_LEVEL', 'TRUST_PROXY']);
});

test('an empty variable counts as not given', () => {
  expect(readConfig({ PORT: '', DATABASE_URL: '' })).toMatchObject({ port: 3001, databaseUrl: null });
});

describe('a secret in a file', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'otobot-config-'))));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };

  test('may end in one newline', () => {
    const config = readConfig({
      ENCRYPTION_MASTER_KEY_FILE: file('master', `${MASTER}\n`),
      INTERNAL_API_TOKEN_FILE: file('token', `${TOKEN}\r\n`),
    });
    expect(config.masterKey?.export().toString('hex')).toBe(MASTER);
    expect(config.internalTokens.hashes).toHaveLength(1);
  });

  test('may not end in two', () => {
    expect(mistakesIn({ ENCRYPTION_MASTER_KEY_FILE: file('two', `${MASTER}\n\n`) })).toEqual(['ENCRYPTION_MASTER_KEY']);
  });

  test('must be readable, and not be given twice', () => {
    expect(mistakesIn({ DATABASE_URL_FILE: path.join(folder, 'nothing') })).toEqual(['DATABASE_URL_FILE']);
    expect(mistakesIn({ INTERNAL_API_TOKEN: TOKEN, INTERNAL_API_TOKEN_FILE: file('again', TOKEN) })).toEqual([
      'INTERNAL_API_TOKEN',
    ]);
  });
});

test('two internal tokens are accepted while one replaces the other', () => {
  expect(readConfig({ INTERNAL_API_TOKEN: `${TOKEN},${TOKEN}-old` }).internalTokens.hashes).toHaveLength(2);
});

test('.env.example names every variable, and nothing that is not read', () => {
  const example = readFileSync(path.resolve(__dirname, '../../../.env.example'), 'utf8');
  const named = [...example.matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name);
  const source = readFileSync(path.resolve(__dirname, '../../src/config/environment.ts'), 'utf8');
  const read = [...source.matchAll(/^ {2}([A-Z][A-Z0-9_]+): /gm)].map(([, name]) => name);
  expect(named.sort()).toEqual(read.sort());
});
