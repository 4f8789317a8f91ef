import { existsSync } from 'node:fs';
import { runningServer } from '../../src/db/embedded/running';
import { dataOf, temporaryDataDir } from '../support/postgres-members';
import { otobot, words } from './otobot';

// Every command is a process of its own.
jest.setTimeout(120_000);

const { dataDir, remove } = temporaryDataDir();
afterAll(remove);

test('a command in a folder without an installation makes none, and says how to name the right one', async () => {
  const { code, stderr } = await otobot(dataDir, words('client list'));
  expect(code).toBe(78);
  expect(stderr).toMatch(/^error: OTOBOT_DATA_DIR names no installation.*\nhint: .*OTOBOT_DATA_DIR.*\n$/);
  expect(existsSync(dataDir)).toBe(false);
});

test('a command starts the embedded server where none runs, stops it again, and finds what the one before left', async () => {
  expect((await otobot(dataDir, ['migrate'])).code).toBe(0);
  expect(await otobot(dataDir, words('client create acme'))).toMatchObject({ code: 0, stderr: '' });
  expect(runningServer(dataOf(dataDir))).toBeNull();
  expect(await otobot(dataDir, words('client show nobody'))).toMatchObject({ code: 1 });
  expect(runningServer(dataOf(dataDir))).toBeNull();
  expect((await otobot(dataDir, words('client list --json'))).json()).toMatchObject({ items: [{ clientId: 'acme' }] });
  expect(runningServer(dataOf(dataDir))).toBeNull();
});

test('a wrong configuration exits 78 naming the variable, never its value', async () => {
  const { code, stderr } = await otobot(dataDir, words('client list'), { env: { ENCRYPTION_MASTER_KEY: 'canary' } });
  expect(code).toBe(78);
  expect(stderr).toMatch(/^error: ENCRYPTION_MASTER_KEY /);
  expect(stderr).not.toContain('canary');
});
