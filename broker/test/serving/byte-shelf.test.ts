import fc from 'fast-check';
import { createByteShelf } from '../../src/services/credentials/byte-shelf';

const PIECE = 4_096;
const MOST = 8 * PIECE;
const copyOf = (bytes: Buffer): Buffer => Buffer.from(bytes);
const isHere = (): boolean => true;

test('what is read is what was put there last, whatever else came and went, within its bound', () => {
  const name = fc.integer({ min: 0, max: 60 }).map((n) => `name-${n}`);
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ name, length: fc.integer({ min: 1, max: PIECE + 10 }), byte: fc.nat(255) }) },
    { weight: 1, arbitrary: fc.record({ name, length: fc.constant(null) }) },
  );
  let forgotten = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 30, maxLength: 200 }), (steps) => {
      const shelf = createByteShelf(MOST, PIECE);
      const last = new Map<string, Buffer>();
      const isRight = (asked: string): boolean =>
        shelf.read(asked, (bytes) => bytes.equals(last.get(asked) ?? Buffer.alloc(0))) ?? true;
      for (const { name, ...put } of steps) {
        last.delete(name);
        if (put.length === null) shelf.delete(name);
        else {
          const bytes = Buffer.alloc(put.length, put.byte);
          shelf.put(name, [bytes.subarray(0, put.length >> 1), bytes.subarray(put.length >> 1)]);
          last.set(name, bytes);
          // The newest is there, unless it is too large for that.
          if (shelf.read(name, isHere) !== (put.length <= PIECE ? true : undefined)) return false;
        }
        if (!isRight(name) || shelf.bytes > MOST) return false;
      }
      forgotten += [...last.keys()].filter((known) => shelf.read(known, isHere) === undefined).length;
      return Array.from({ length: 61 }, (_, n) => isRight(`name-${n}`)).every(Boolean);
    }),
  );
  expect(forgotten).toBeGreaterThan(0);
});

test('the oldest are forgotten first, and the memory is used again', () => {
  const shelf = createByteShelf(MOST, PIECE);
  const names = Array.from({ length: 1_000 }, (_, n) => `name-${n}`);
  for (const name of names) shelf.put(name, [Buffer.from(name.padEnd(500))]);
  const kept = names.filter((name) => shelf.read(name, isHere));
  expect(kept).toEqual(names.slice(-kept.length));
  // Each takes 500 bytes and what its name takes: some forty in all.
  expect(kept.length).toBeGreaterThan(30);
  expect(shelf.bytes).toBeGreaterThan(MOST - 2 * PIECE);
});

test('names count too: the smallest things are within the bound as the largest are', () => {
  const shelf = createByteShelf(MOST, PIECE);
  const names = Array.from({ length: 5_000 }, (_, n) => `name-${n}`);
  for (const name of names) {
    shelf.put(name, [Buffer.from('.')]);
    expect(shelf.bytes).toBeLessThanOrEqual(MOST);
  }
  const kept = names.filter((name) => shelf.read(name, isHere));
  expect(kept).toEqual(names.slice(-kept.length));
  expect(kept.length * 180).toBeLessThan(MOST);
});

test('what is put again counts from then on', () => {
  const shelf = createByteShelf(MOST, PIECE);
  for (let n = 0; n < 1_000; n++) {
    if (n % 10 === 0) shelf.put('again', [Buffer.alloc(500, n)]);
    shelf.put(`name-${n}`, [Buffer.alloc(500)]);
    expect(shelf.read('again', (bytes) => bytes[0])).toBe((n - (n % 10)) % 256);
  }
});

test('what is larger than a piece is not kept, nor what was there before under its name', () => {
  const shelf = createByteShelf(MOST, PIECE);
  shelf.put('a', [Buffer.from('small')]);
  shelf.put('a', [Buffer.alloc(PIECE + 1)]);
  expect(shelf.read('a', copyOf)).toBeUndefined();
  expect(shelf.delete('a')).toBe(false);
});
