import { createDataKey, PURPOSES } from '../../src/vault/data-key';
import type { DataKeyRow } from '../../src/types/data-key';
import { Vault } from '../../src/vault/vault';
import { primaryRows, problemCodeOf, rootsOf, tokenContext } from './example';

const roots = rootsOf(1);
const rows = primaryRows(roots, PURPOSES);

describe('keys come and go', () => {
  const next: DataKeyRow = { ...createDataKey(roots, { version: 7, purpose: 'refresh' }), status: 'primary' };
  const promoted = rows
    .map((row) => (row.version === 4 ? { ...row, status: 'decrypt_only' as const } : row))
    .concat(next);

  test('an unknown version is unavailable until the keyring is reloaded', () => {
    const old = new Vault(roots, rows);
    const { record, keyVersion } = new Vault(roots, promoted).seal('refresh', tokenContext, 'secret');
    expect(keyVersion).toBe(7);
    expect(problemCodeOf(() => old.open('refresh', tokenContext, record, 7))).toBe('key_unavailable');
    old.reload(promoted);
    expect(old.open('refresh', tokenContext, record, 7).toString()).toBe('secret');
  });

  test('values of the key before still open after a promotion', () => {
    const rotating = new Vault(roots, rows);
    const { record } = rotating.seal('refresh', tokenContext, 'secret');
    rotating.reload(promoted);
    expect(rotating.open('refresh', tokenContext, record).toString()).toBe('secret');
    expect(rotating.seal('refresh', tokenContext, 'secret').keyVersion).toBe(7);
  });

  test('a reload that fails leaves the keys that were held', () => {
    const steady = new Vault(roots, rows);
    const { record } = steady.seal('refresh', tokenContext, 'secret');
    expect(() => {
      steady.reload(primaryRows(rootsOf(9), PURPOSES));
    }).toThrow('ENCRYPTION_MASTER_KEY');
    expect(steady.open('refresh', tokenContext, record).toString()).toBe('secret');
  });

  test('sealing without a primary key is unavailable, and seals nothing', () => {
    const none = new Vault(
      roots,
      rows.map((row) => ({ ...row, status: 'decrypt_only' as const })),
    );
    expect(problemCodeOf(() => none.seal('access', tokenContext, 'x'))).toBe('key_unavailable');
    expect(problemCodeOf(() => none.mac('pepper', ['x']))).toBe('key_unavailable');
  });
});
