import fc from 'fast-check';
import { createDataKey, PURPOSES } from '../../src/vault/data-key';
import type { DataKeyRow } from '../../src/types/data-key';
import { Vault, type MacParts } from '../../src/vault/vault';
import { primaryRows, problemCodeOf, rootsOf } from './example';

const roots = rootsOf(1);
const rows = primaryRows(roots, PURPOSES);
const vault = new Vault(roots, rows);

describe('a MAC', () => {
  test('verifies for its own parts, text or bytes', () => {
    const { mac, keyVersion } = vault.mac('audit', ['row', Buffer.from([1, 2])]);
    expect(mac).toHaveLength(32);
    expect(vault.verifyMac('audit', keyVersion, ['row', Buffer.from([1, 2])], mac)).toBe(true);
  });

  test('verifies for no other list of parts, also where joining them would read alike', () => {
    const parts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\0'), maxLength: 3 }), { maxLength: 4 });
    fc.assert(
      fc.property(parts, parts, (here, there) => {
        const { mac, keyVersion } = vault.mac('pepper', here);
        expect(vault.verifyMac('pepper', keyVersion, there, mac)).toBe(JSON.stringify(here) === JSON.stringify(there));
      }),
      {
        numRuns: 1000,
        examples: [
          [['ab'], ['a', 'b']],
          [['a'], ['a', '']],
          [
            ['a', 'bb'],
            ['aa', 'b'],
          ],
        ],
      },
    );
  });

  test('with any bit flipped, cut short or empty does not verify', () => {
    const { mac, keyVersion } = vault.mac('pepper', ['x']);
    for (let bit = 0; bit < 256; bit++) {
      const wrong = Buffer.from(mac);
      wrong.writeUInt8(wrong.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(vault.verifyMac('pepper', keyVersion, ['x'], wrong)).toBe(false);
    }
    for (const length of [0, 1, 16, 31]) {
      expect(vault.verifyMac('pepper', keyVersion, ['x'], mac.subarray(0, length))).toBe(false);
    }
  });

  test('of one purpose verifies for no other, whatever key the row names', () => {
    const parts: MacParts = ['x'];
    const pepper = vault.mac('pepper', parts);
    const audit = vault.mac('audit', parts);
    expect(vault.verifyMac('pepper', audit.keyVersion, parts, audit.mac)).toBe(false);
    expect(vault.verifyMac('audit', audit.keyVersion, parts, pepper.mac)).toBe(false);
  });

  test('of a key that is not held is unavailable, not false', () => {
    const { mac } = vault.mac('pepper', ['x']);
    expect(problemCodeOf(() => vault.verifyMac('pepper', 99, ['x'], mac))).toBe('key_unavailable');
  });

  test('of the pepper before verifies after its rotation', () => {
    const next: DataKeyRow = { ...createDataKey(roots, { version: 9, purpose: 'pepper' }), status: 'primary' };
    const rotating = new Vault(roots, rows);
    const { mac, keyVersion } = rotating.mac('pepper', ['x']);
    rotating.reload([
      ...rows.map((row) => (row.purpose === 'pepper' ? { ...row, status: 'decrypt_only' as const } : row)),
      next,
    ]);
    expect(rotating.verifyMac('pepper', keyVersion, ['x'], mac)).toBe(true);
    expect(rotating.mac('pepper', ['x']).keyVersion).toBe(9);
  });
});
