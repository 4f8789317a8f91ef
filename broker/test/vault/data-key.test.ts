import { ConfigurationError } from '../../src/errors/configuration-error';
import { createDataKey, PURPOSES, rewrap, unwrap, wrapperOf } from '../../src/vault/data-key';
import type { DataKeyRow } from '../../src/types/data-key';
import { parseMasterKey, rootsOfMaster, rootsOfServeKey, serveRootOf, type Roots } from '../../src/vault/roots';
import { masterOf, problemCodeOf, rootsOf } from './example';

const roots = rootsOf(1);
const replacing: Roots = { current: rootsOfMaster(masterOf(2)), previous: rootsOfMaster(masterOf(1)) };

/** The key in a row, in hex, or null where it does not unwrap. */
function keyIn(row: DataKeyRow, with_: Roots = roots): string | null {
  const root = wrapperOf(with_, row);
  return root === null ? null : (unwrap(root, row)?.export().toString('hex') ?? null);
}

describe('a data key', () => {
  test.each(PURPOSES)('for %s is made random, pending, and wrapped', (purpose) => {
    const row = createDataKey(roots, { version: 3, purpose });
    const again = createDataKey(roots, { version: 3, purpose });
    expect(row).toMatchObject({ version: 3, purpose, status: 'pending' });
    expect(keyIn(row)).toMatch(/^[0-9a-f]{64}$/);
    expect(keyIn(row)).not.toBe(keyIn(again));
    expect(row.wrappedKey.toString('hex')).not.toContain(keyIn(row));
  });

  test('is wrapped by the serve root for what serving needs, by the full root for all else', () => {
    const serveId = roots.current.serve.id;
    const wrappedByServe = PURPOSES.filter(
      (purpose) => createDataKey(roots, { version: 1, purpose }).wrappedBy === serveId,
    );
    expect(wrappedByServe).toEqual(['access', 'pepper', 'audit']);
  });

  test('does not unwrap as another version or another purpose', () => {
    const row = createDataKey(roots, { version: 3, purpose: 'access' });
    expect(keyIn({ ...row, version: 4 })).toBeNull();
    expect(keyIn({ ...row, purpose: 'pepper' })).toBeNull();
    expect(keyIn({ ...row, purpose: 'refresh', wrappedBy: roots.current.full?.id ?? '' })).toBeNull();
  });

  test('does not unwrap with any bit of it flipped, or cut short', () => {
    const row = createDataKey(roots, { version: 3, purpose: 'access' });
    for (let bit = 0; bit < row.wrappedKey.length * 8; bit++) {
      const wrappedKey = Buffer.from(row.wrappedKey);
      wrappedKey.writeUInt8(wrappedKey.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(keyIn({ ...row, wrappedKey })).toBeNull();
    }
    for (const length of [0, 1, 39, 71]) {
      expect(keyIn({ ...row, wrappedKey: row.wrappedKey.subarray(0, length) })).toBeNull();
    }
  });

  test('for refreshing cannot be made with the serve key alone, which says so by name', () => {
    const serveKey = parseMasterKey('ENCRYPTION_SERVE_KEY', serveRootOf(masterOf(1)));
    const serveOnly: Roots = { current: rootsOfServeKey(serveKey), previous: null };
    expect(() => createDataKey(serveOnly, { version: 1, purpose: 'refresh' })).toThrow(ConfigurationError);
    expect(() => createDataKey(serveOnly, { version: 1, purpose: 'refresh' })).toThrow(/ENCRYPTION_MASTER_KEY/);
    expect(keyIn(createDataKey(serveOnly, { version: 1, purpose: 'access' }))).not.toBeNull();
  });
});

describe('while the master key is replaced', () => {
  const row: DataKeyRow = { ...createDataKey(roots, { version: 5, purpose: 'refresh' }), status: 'primary' };

  test('a data key is wrapped again without changing, and opens with the new master alone', () => {
    const renewed = rewrap(replacing, row);
    expect(renewed).toMatchObject({ version: 5, purpose: 'refresh', status: 'primary' });
    expect(keyIn(renewed, rootsOf(2))).toBe(keyIn(row));
    expect(keyIn(renewed, rootsOf(1))).toBeNull();
  });

  test('a key of a third master is refused as unavailable, a damaged one as damaged', () => {
    expect(problemCodeOf(() => rewrap(rootsOf(3), row))).toBe('key_unavailable');
    expect(problemCodeOf(() => rewrap(replacing, { ...row, wrappedKey: Buffer.alloc(72) }))).toBe('integrity');
    expect(problemCodeOf(() => rewrap(replacing, { ...row, wrappedKey: null }))).toBe('integrity');
  });
});
