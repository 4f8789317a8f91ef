import { inspect } from 'node:util';
import { ConfigurationError } from '../../src/errors/configuration-error';
import { createDataKey, PURPOSES, rewrap } from '../../src/vault/data-key';
import type { DataKeyRow } from '../../src/types/data-key';
import { Keyring } from '../../src/vault/keyring';
import { parseMasterKey, rootsOfMaster, rootsOfServeKey, serveRootOf, type Roots } from '../../src/vault/roots';
import { masterOf, primaryRows, rootsOf } from './example';

const roots = rootsOf(1);
const rows = primaryRows(roots, PURPOSES);
const serveKey = parseMasterKey('ENCRYPTION_SERVE_KEY', serveRootOf(masterOf(1)));
const serveOnly: Roots = { current: rootsOfServeKey(serveKey), previous: null };
const replacing: Roots = { current: rootsOfMaster(masterOf(2)), previous: rootsOfMaster(masterOf(1)) };

/** The rows with one of them changed. */
function withChange(version: number, change: Partial<DataKeyRow>): DataKeyRow[] {
  return rows.map((row) => (row.version === version ? { ...row, ...change } : row));
}

describe('at boot', () => {
  test('every key of the right master is held', () => {
    const keyring = new Keyring({ roots, rows });
    expect(keyring.versions()).toEqual([1, 2, 3, 4, 5]);
    expect(keyring.missingVersions()).toEqual([]);
    expect(keyring.needsRewrap()).toEqual([]);
    expect(PURPOSES.map((purpose) => keyring.primary(purpose)?.version)).toEqual([1, 2, 3, 4, 5]);
  });

  test('a database without keys starts with an empty keyring', () => {
    expect(new Keyring({ roots, rows: [] }).versions()).toEqual([]);
  });

  test('another master of the right length is refused, by the name of the variable', () => {
    expect(mistakeOf(rootsOf(9))).toMatchObject({
      name: 'ENCRYPTION_MASTER_KEY',
      message: expect.stringContaining('not the key that this database was encrypted with') as string,
    });
  });

  test('another serve key is refused by its own name', () => {
    const other: Roots = { current: rootsOfServeKey(masterOf(9)), previous: null };
    expect(mistakeOf(other)).toMatchObject({ name: 'ENCRYPTION_SERVE_KEY' });
  });

  test('the right master over a destroyed table is told from a wrong master', () => {
    const damaged = rows.map((row) => ({ ...row, wrappedKey: Buffer.alloc(72) }));
    expect(mistakeOf(roots, damaged)).toMatchObject({
      name: 'ENCRYPTION_MASTER_KEY',
      message: expect.stringContaining('damaged') as string,
    });
  });

  test('one key that this master did wrap is enough to know that the table, not the master, is wrong', () => {
    const foreign = createDataKey(rootsOf(9), { version: 1, purpose: 'access' });
    const damaged = { ...foreign, version: 2, wrappedBy: roots.current.serve.id };
    expect(mistakeOf(roots, [foreign, damaged]).message).toContain('damaged');
  });

  test('a single damaged or foreign version is missing, and the others serve', () => {
    const foreign = createDataKey(rootsOf(9), { version: 6, purpose: 'access' });
    const keyring = new Keyring({ roots, rows: [...withChange(2, { wrappedKey: Buffer.alloc(0) }), foreign] });
    expect(keyring.versions()).toEqual([1, 3, 4, 5]);
    expect(keyring.missingVersions()).toEqual([
      { version: 2, purpose: 'pepper', reason: 'damaged' },
      { version: 6, purpose: 'access', reason: 'other_master' },
    ]);
    expect(keyring.find(2)).toBeNull();
    expect(keyring.primary('pepper')).toBeNull();
  });

  test('the serve key alone holds what serving needs, and misses nothing', () => {
    const keyring = new Keyring({ roots: serveOnly, rows });
    expect(keyring.versions()).toEqual([1, 2, 3]);
    expect(keyring.missingVersions()).toEqual([]);
    expect(keyring.primary('refresh')).toBeNull();
    expect(keyring.primary('access')?.key.equals(new Keyring({ roots, rows }).primary('access')?.key ?? serveKey)).toBe(
      true,
    );
  });

  test('a destroyed version is neither held nor missing', () => {
    const keyring = new Keyring({ roots, rows: withChange(4, { status: 'destroyed', wrappedKey: null }) });
    expect(keyring.versions()).toEqual([1, 2, 3, 5]);
    expect(keyring.missingVersions()).toEqual([]);
  });

  test('a table with destroyed versions only counts as one without keys', () => {
    const destroyed = rows.map((row) => ({ ...row, status: 'destroyed' as const, wrappedKey: null }));
    expect(new Keyring({ roots: rootsOf(9), rows: destroyed }).versions()).toEqual([]);
  });
});

describe('the status of a key', () => {
  test.each(['pending', 'decrypt_only'] as const)('%s opens and never seals', (status) => {
    const keyring = new Keyring({ roots, rows: withChange(1, { status }) });
    expect(keyring.find(1)?.purpose).toBe('access');
    expect(keyring.primary('access')).toBeNull();
  });
});

describe('while the master key is replaced', () => {
  test('keys of both masters are held, and those of the previous one are named for wrapping again', () => {
    const mixed = rows.map((row) => (row.version <= 2 ? rewrap(replacing, row) : row));
    const keyring = new Keyring({ roots: replacing, rows: mixed });
    expect(keyring.versions()).toEqual([1, 2, 3, 4, 5]);
    expect(keyring.needsRewrap()).toEqual([3, 4, 5]);
  });

  test('after it the new master alone holds them all', () => {
    const renewed = rows.map((row) => rewrap(replacing, row));
    const keyring = new Keyring({ roots: rootsOf(2), rows: renewed });
    expect(keyring.versions()).toEqual([1, 2, 3, 4, 5]);
    expect(keyring.needsRewrap()).toEqual([]);
  });
});

test('a keyring shows versions and never a key, however it is logged', () => {
  const keyring = new Keyring({ roots, rows });
  const logged = [inspect(keyring, { depth: 9, showHidden: true }), JSON.stringify({ keyring })].join();
  expect(logged).toContain('"versions":[1,2,3,4,5]');
  for (const version of keyring.versions()) {
    const key = keyring.find(version)?.key.export() ?? Buffer.alloc(0);
    expect(key).toHaveLength(32);
    for (const encoding of ['hex', 'base64', 'base64url', 'latin1'] as const) {
      expect(logged).not.toContain(key.toString(encoding).slice(0, 8));
    }
  }
});

/** The one configuration mistake that building a keyring reports. */
function mistakeOf(withRoots: Roots, withRows: readonly DataKeyRow[] = rows) {
  try {
    new Keyring({ roots: withRoots, rows: withRows });
  } catch (error) {
    if (error instanceof ConfigurationError && error.mistakes[0] !== undefined) return error.mistakes[0];
    throw error;
  }
  throw new Error('the keyring was built');
}
