import { createHash, createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { NONCE_BYTES, sealUnderGivenNonceForVectors, xaesOpen, xaesSeal } from '../../src/vault/xaes';

const key = createSecretKey(Buffer.alloc(32, 7));
const none = Buffer.alloc(0);

describe('XAES-256-GCM', () => {
  // C2SP, XAES-256-GCM.md: the two cases cover both values of the bit that decides the doubling in CMAC.
  test.each([
    [1, '', 'ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271'],
    [3, 'c2sp.org/XAES-256-GCM', '986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d'],
  ])('seals and opens the published vector of key %i', (byte, associated, expected) => {
    const vectorKey = createSecretKey(Buffer.alloc(32, byte));
    const nonce = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWX');
    const aad = Buffer.from(associated);
    const sealed = sealUnderGivenNonceForVectors(vectorKey, nonce, aad, Buffer.from('XAES-256-GCM'));
    expect(sealed.toString('hex')).toBe(expected);
    expect(xaesOpen(vectorKey, aad, Buffer.concat([nonce, sealed])).toString()).toBe('XAES-256-GCM');
  });

  test('agrees with the published accumulated hash of 10,000 random cases', () => {
    const stream = createHash('shake128', { outputLength: 10_000 * 600 }).digest();
    let at = 0;
    const take = (length: number) => stream.subarray(at, (at += length));
    const sealedAll = createHash('shake128', { outputLength: 32 });
    for (let round = 0; round < 10_000; round++) {
      const roundKey = createSecretKey(take(32));
      const nonce = take(NONCE_BYTES);
      const plaintext = take(take(1).readUInt8());
      const aad = take(take(1).readUInt8());
      const sealed = sealUnderGivenNonceForVectors(roundKey, nonce, aad, plaintext);
      if (!xaesOpen(roundKey, aad, Buffer.concat([nonce, sealed])).equals(plaintext)) throw new Error(`round ${round}`);
      sealedAll.update(sealed);
    }
    expect(at).toBeLessThan(stream.length);
    expect(sealedAll.digest('hex')).toBe('e6b9edf2df6cec60c8cbd864e2211b597fb69a529160cd040d56c0c210081939');
  });

  test('opens what it sealed, for any plaintext and associated data', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.uint8Array({ maxLength: 300 }), (text, aad) => {
        const sealed = xaesSeal(key, Buffer.from(aad), Buffer.from(text));
        expect(xaesOpen(key, Buffer.from(aad), sealed).equals(Buffer.from(text))).toBe(true);
      }),
    );
  });

  test('never uses a nonce twice, nor half of one', () => {
    const sealed = Array.from({ length: 20_000 }, () => xaesSeal(key, none, none));
    // Either half alone repeats by chance once in 2^67; a nonce that is half constant or counted would show here.
    expect(new Set(sealed.map((one) => one.toString('hex', 0, 12))).size).toBe(sealed.length);
    expect(new Set(sealed.map((one) => one.toString('hex', 12, 24))).size).toBe(sealed.length);
  });

  test.each([0, 1, 4, 39])('refuses %i bytes, too few for nonce and tag', (length) => {
    expect(() => xaesOpen(key, none, Buffer.alloc(length))).toThrow('shorter than nonce and tag');
  });

  test('refuses a key of any other length than 256 bits', () => {
    expect(() => xaesSeal(createSecretKey(Buffer.alloc(16)), none, none)).toThrow(/key length/i);
  });
});
