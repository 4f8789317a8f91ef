import fc from 'fast-check';
import { fingerprint } from '../../src/secrets/fingerprint';

describe('a fingerprint', () => {
  test('names a value for good, in 22 characters', () => {
    // Pinned, and computed once by another implementation: n8n reports fingerprints that it was given earlier.
    expect(fingerprint('c1', 'ya29.token')).toBe('F0_-ls679KLJ-8xZOYxBLA');
  });

  test('differs for another value and for another connection, also where both joined read alike', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\0', '\u0001'), maxLength: 4 });
    fc.assert(
      fc.property(text, text, text, text, (connection, value, otherConnection, otherValue) => {
        const same = connection === otherConnection && value === otherValue;
        expect(fingerprint(connection, value) === fingerprint(otherConnection, otherValue)).toBe(same);
      }),
      { numRuns: 1000, examples: [['ab', 'c', 'a', 'bc']] },
    );
  });
});
