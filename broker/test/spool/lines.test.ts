import fc from 'fast-check';
import { lineOf, readLines } from '../../src/spool/lines';

const payloads = fc.array(fc.json(), { maxLength: 5 });
const written = (entries: readonly string[]): Buffer => Buffer.from(entries.map(lineOf).join(''));

test('what was written is read, whatever characters are in it', () => {
  fc.assert(
    fc.property(payloads, (entries) => {
      expect(readLines(written(entries))).toEqual({ payloads: entries, torn: false, unreadable: [] });
    }),
  );
});

test('a write that was cut off anywhere loses what was not whole, and nothing else', () => {
  fc.assert(
    fc.property(payloads, fc.json(), fc.nat(), (entries, last, cut) => {
      const whole = written(entries);
      const line = Buffer.from(lineOf(last));
      const length = cut % line.length;
      const { payloads: read, torn, unreadable } = readLines(Buffer.concat([whole, line.subarray(0, length)]));
      expect({ read, torn, unreadable }).toEqual({ read: entries, torn: length > 0, unreadable: [] });
    }),
  );
});

test('a flipped bit costs its line at most, and the damaged line comes back as it is', () => {
  fc.assert(
    fc.property(fc.array(fc.json(), { minLength: 1, maxLength: 4 }), fc.nat(), fc.nat(7), (entries, at, bit) => {
      const content = written(entries);
      const position = at % content.length;
      content[position] = (content[position] ?? 0) ^ (1 << bit);
      const { payloads: read } = readLines(content);
      // A line break that is flipped away takes the line after it along.
      expect(read.length).toBeGreaterThanOrEqual(entries.length - 2);
      expect(read.every((payload) => entries.includes(payload))).toBe(true);
      expect(read.length).toBeLessThan(entries.length);
    }),
  );
});

test('a line of a later format is not read, and not lost', () => {
  const later = Buffer.from('otobot-spool-2 {"any":"thing"}');
  const content = Buffer.concat([written(['{}']), later, Buffer.from('\n'), written(['[]'])]);
  expect(readLines(content)).toEqual({ payloads: ['{}', '[]'], torn: false, unreadable: [later] });
});

test('any bytes are read somehow', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void readLines(Buffer.from(bytes))));
});
