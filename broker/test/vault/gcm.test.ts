import { createSecretKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gcmOpen, gcmSeal } from '../../src/vault/gcm';

interface WycheproofCase {
  tcId: number;
  comment: string;
  key: string;
  iv: string;
  aad: string;
  msg: string;
  ct: string;
  tag: string;
  result: 'valid' | 'invalid' | 'acceptable';
}

const hex = (text: string) => Buffer.from(text, 'hex');
const vectorFile = join(__dirname, '../../../../shared/vectors/aes-256-gcm.wycheproof.json');

describe('AES-256-GCM', () => {
  const present = existsSync(vectorFile);
  const title = present
    ? 'agrees with every Wycheproof case'
    : 'agrees with every Wycheproof case (SKIPPED: the vectors are not beside this checkout)';

  (present ? test : test.skip)(title, () => {
    const { tests } = JSON.parse(readFileSync(vectorFile, 'utf8')) as { tests: WycheproofCase[] };
    const refused = tests.filter((one) => one.result !== 'valid');
    expect(refused.length).toBeGreaterThan(10);
    expect(tests.length - refused.length).toBeGreaterThan(20);
    for (const one of tests) expect({ tcId: one.tcId, outcome: outcomeOf(one) }).toEqual(expectedOf(one));
  });

  test.each([0, 4, 8, 12, 13, 15, 17])('refuses a tag of %i bytes, even one that begins right', (length) => {
    const key = createSecretKey(Buffer.alloc(32, 5));
    const iv = Buffer.alloc(12, 6);
    const aad = Buffer.from('context');
    const sealed = gcmSeal(key, iv, aad, Buffer.from('secret'));
    const tag = Buffer.concat([sealed.subarray(6), Buffer.alloc(1)]);
    expect(gcmOpen(key, iv, aad, sealed.subarray(0, 6), tag.subarray(0, 16)).toString()).toBe('secret');
    expect(() => gcmOpen(key, iv, aad, sealed.subarray(0, 6), tag.subarray(0, length))).toThrow(/tag length/);
  });
});

function outcomeOf({ key, iv, aad, msg, ct, tag }: WycheproofCase) {
  const secret = createSecretKey(hex(key));
  const opened = attempt(() => gcmOpen(secret, hex(iv), hex(aad), hex(ct), hex(tag)).toString('hex'));
  return { opened, sealedAlike: gcmSeal(secret, hex(iv), hex(aad), hex(msg)).toString('hex') === ct + tag };
}

function expectedOf({ tcId, msg, result }: WycheproofCase) {
  const valid = result === 'valid';
  return { tcId, outcome: { opened: valid ? msg : 'refused', sealedAlike: valid } };
}

function attempt(open: () => string): string {
  try {
    return open();
  } catch {
    return 'refused';
  }
}
