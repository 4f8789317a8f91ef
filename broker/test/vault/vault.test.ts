import fc from 'fast-check';
import { inspect } from 'node:util';
import { createDataKey, PURPOSES } from '../../src/vault/data-key';
import type { DataKeyRow } from '../../src/types/data-key';
import { Vault } from '../../src/vault/vault';
import { primaryRows, problemCodeOf, rootsOf, tokenContext } from './example';

const roots = rootsOf(1);
// A second key of the same purpose, so that a flipped version bit (4 -> 5, 6) can also hit a key that exists.
const rows: DataKeyRow[] = [
  ...primaryRows(roots, PURPOSES),
  { ...createDataKey(roots, { version: 6, purpose: 'refresh' }), status: 'decrypt_only' },
];
const vault = new Vault(roots, rows);
const VERSION_BITS = { from: 8, to: 40 };

describe('a sealed value', () => {
  test.each([
    ['nothing', Buffer.alloc(0)],
    ['text', 'ein Geheimnis ✓'],
    ['10 MB', Buffer.alloc(10 * 1024 * 1024, 'otobot')],
  ])('of %s opens in its own context', (_what, value) => {
    const { record, keyVersion } = vault.seal('refresh', tokenContext, value);
    expect(keyVersion).toBe(4);
    expect(record).toHaveLength(Buffer.byteLength(value) + 45);
    expect(vault.open('refresh', tokenContext, record, 4).equals(Buffer.from(value as string))).toBe(true);
  });

  test('is sealed differently every time', () => {
    const records = Array.from({ length: 1000 }, () =>
      vault.seal('access', tokenContext, 'same').record.toString('hex'),
    );
    expect(new Set(records).size).toBe(1000);
  });

  test('does not open with any single bit flipped, also none of its key version', () => {
    const { record, keyVersion } = vault.seal('refresh', tokenContext, 'a secret of some length');
    const codes = new Set<string>();
    for (let bit = 0; bit < record.length * 8; bit++) {
      codes.add(problemCodeOf(() => vault.open('refresh', tokenContext, flipped(record, bit), keyVersion)));
    }
    expect([...codes]).toEqual(['integrity']);
  });

  test('without the version of its row opens no more, a flipped version then reading as a missing key', () => {
    const { record } = vault.seal('refresh', tokenContext, 'a secret of some length');
    for (let bit = 0; bit < record.length * 8; bit++) {
      const inVersion = bit >= VERSION_BITS.from && bit < VERSION_BITS.to;
      const known = inVersion && vault.keyring.versions().includes(flipped(record, bit).readUInt32BE(1));
      expect(problemCodeOf(() => vault.open('refresh', tokenContext, flipped(record, bit)))).toBe(
        inVersion && !known ? 'key_unavailable' : 'integrity',
      );
    }
  });

  test('of any content does not open with bytes altered, cut off or added', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (value, at, change) => {
          const { record, keyVersion } = vault.seal('access', tokenContext, Buffer.from(value));
          const altered = Buffer.from(record);
          altered.writeUInt8(altered.readUInt8(at % record.length) ^ change, at % record.length);
          const longer = Buffer.concat([record, Buffer.from([change])]);
          for (const wrong of [altered, record.subarray(0, at % record.length), longer]) {
            expect(problemCodeOf(() => vault.open('access', tokenContext, wrong, keyVersion))).toBe('integrity');
          }
        },
      ),
    );
  });

  test.each([0, 1, 4, 5, 44])('cut to %i bytes is refused, not a crash', (length) => {
    const { record } = vault.seal('access', tokenContext, 'x');
    expect(problemCodeOf(() => vault.open('access', tokenContext, record.subarray(0, length)))).toBe('integrity');
  });

  test.each([4, 8, 12, 15])('with its tag cut to %i bytes does not open', (length) => {
    const { record } = vault.seal('access', tokenContext, 'a secret of some length');
    const cut = record.subarray(0, record.length - 16 + length);
    expect(problemCodeOf(() => vault.open('access', tokenContext, cut))).toBe('integrity');
  });
});

test('neither a vault nor its errors show keys or plaintext', () => {
  const { record } = vault.seal('refresh', tokenContext, 'canary-secret');
  const shown = [inspect(vault, { depth: 9, showHidden: true }), JSON.stringify(vault)];
  const wrong = [flipped(record, 8), flipped(record, 400), record.subarray(0, 44)];
  for (const one of wrong) {
    try {
      vault.open('refresh', tokenContext, one);
    } catch (error) {
      shown.push(inspect(error, { depth: 9, showHidden: true }));
    }
  }
  expect(shown).toHaveLength(5);
  const keys = vault.keyring.versions().map((version) => vault.keyring.find(version)?.key.export() ?? Buffer.alloc(32));
  for (const secret of [Buffer.from('canary-secret'), ...keys]) {
    for (const encoding of ['hex', 'base64', 'latin1'] as const) {
      expect(shown.join()).not.toContain(secret.toString(encoding).slice(0, 8));
    }
  }
});

test('the log learns where a value did not open, the caller does not', () => {
  const { record } = vault.seal('refresh', tokenContext, 'secret');
  const error = thrownBy(() => vault.open('refresh', { ...tokenContext, generation: 8 }, record));
  expect(String((error as Error).cause)).toContain('refresh_token of token_set 4711');
  expect((error as Error).message).not.toContain('4711');
});

function flipped(record: Buffer, bit: number): Buffer {
  const copy = Buffer.from(record);
  copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return copy;
}

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
