import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { accessKeyMacInput, mintAccessKey, parseAccessKey } from '../../src/secrets/access-key';
import type { AccessKeyFacts } from '../../src/types/access-key';

const minted = mintAccessKey('live', randomBytes);

describe('an access key', () => {
  test.each(['live', 'test'] as const)('of %s is parsed back to what was minted', (environment) => {
    for (let round = 0; round < 200; round++) {
      const { text, ...kept } = mintAccessKey(environment, randomBytes);
      expect(text).toMatch(new RegExp(`^otb_${environment}_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$`));
      expect(parseAccessKey(text)).toEqual(kept);
      expect(kept.secretHash.equals(createHash('sha256').update(text.slice(22, 65)).digest())).toBe(true);
    }
  });

  test('keeps its format, so that keys handed out stay valid', () => {
    // Zeros and ones in place of random bytes show padding, width and all 256 bits; the CRC-32 is zlib's.
    expect(mintAccessKey('test', (size) => Buffer.alloc(size)).text).toBe(
      'otb_test_000000000000_00000000000000000000000000000000000000000002UVMAt',
    );
    expect(mintAccessKey('live', (size) => Buffer.alloc(size, 255)).text).toBe(
      'otb_live_lk9n8mt7Fhc7_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp11CYHTc',
    );
  });

  test('has 256 secret bits: each random bit changes the secret', () => {
    const secretOf = (bytes: Buffer) =>
      mintAccessKey('live', (size) => (size === 32 ? bytes : Buffer.alloc(size))).text.slice(22, 65);
    const secrets = new Set([secretOf(Buffer.alloc(32))]);
    for (let bit = 0; bit < 256; bit++) {
      const bytes = Buffer.alloc(32);
      bytes.writeUInt8(1 << (bit & 7), bit >> 3);
      secrets.add(secretOf(bytes));
    }
    expect(secrets.size).toBe(257);
  });

  test('with one character mistyped, or two neighbours exchanged, is refused without a look-up', () => {
    const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-';
    for (let at = 0; at < minted.text.length; at++) {
      for (const character of alphabet) {
        const typo = minted.text.slice(0, at) + character + minted.text.slice(at + 1);
        if (typo !== minted.text) expect(parseAccessKey(typo)).toBeNull();
      }
      const [one = '', two = ''] = minted.text.slice(at, at + 2);
      const exchanged = minted.text.slice(0, at) + two + one + minted.text.slice(at + 2);
      if (exchanged !== minted.text) expect(parseAccessKey(exchanged)).toBeNull();
    }
  });

  test.each([
    ['nothing', ''],
    ['a key with a newline', `${minted.text}\n`],
    ['a newline for its last character', `${minted.text.slice(0, -1)}\n`],
    ['a key with a space before', ` ${minted.text}`],
    ['a key cut short', minted.text.slice(0, -1)],
    ['two keys', minted.text + minted.text],
    ['a NUL in it', `${minted.text.slice(0, 30)}\0${minted.text.slice(31)}`],
    ['71 letters', 'a'.repeat(71)],
    ['71 characters of more bytes', 'é'.repeat(71)],
    ['a megabyte', 'otb_live_'.repeat(120_000)],
  ])('is never read from %s', (_what, text) => {
    expect(parseAccessKey(text)).toBeNull();
  });

  test('is never read from random text, and reading never throws', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => parseAccessKey(text) === null));
  });
});

describe('what the MAC of an access key covers', () => {
  const facts: AccessKeyFacts = {
    id: 'AbCdEfGhIjKl',
    organizationId: 'b7c1c0de-0000-4000-8000-000000000001',
    environment: 'live',
    scopes: ['credentials:read', 'clients:read'],
    clientIds: ['acme'],
    services: null,
    limits: { perMinute: 60, perDay: 1000 },
    expiresAt: new Date('2027-01-01T00:00:00Z'),
    revokedAt: null,
    secretHash: Buffer.alloc(32, 1),
  };

  test.each<[string, Partial<AccessKeyFacts>]>([
    ['another id', { id: 'AbCdEfGhIjKm' }],
    ['another organization', { organizationId: 'b7c1c0de-0000-4000-8000-000000000002' }],
    ['another environment', { environment: 'test' }],
    ['a scope more', { scopes: ['credentials:read', 'clients:read', 'audit:read'] }],
    ['two scopes written as one', { scopes: ['clients:read,credentials:read'] }],
    ['every client instead of one', { clientIds: null }],
    ['no client instead of one', { clientIds: [] }],
    ['a client called null', { clientIds: ['null'] }],
    ['no service instead of every', { services: [] }],
    ['clients and services exchanged', { clientIds: null, services: ['acme'] }],
    ['a wider limit', { limits: { perMinute: 61, perDay: 1000 } }],
    ['limits exchanged', { limits: { perMinute: 1000, perDay: 60 } }],
    ['a limit less', { limits: { perDay: 1000 } }],
    ['no limits', { limits: null }],
    ['no expiry', { expiresAt: null }],
    ['a later expiry', { expiresAt: new Date('2027-01-01T00:00:00.001Z') }],
    ['an endless expiry', { expiresAt: Infinity as unknown as Date }],
    ['a revocation', { revokedAt: new Date('2026-01-01T00:00:00Z') }],
    ['expiry and revocation exchanged', { expiresAt: null, revokedAt: new Date('2027-01-01T00:00:00Z') }],
    ['another secret', { secretHash: Buffer.alloc(32, 2) }],
  ])('%s changes it', (_what, change) => {
    expect(accessKeyMacInput({ ...facts, ...change })).not.toBe(accessKeyMacInput(facts));
  });

  test('the order of a list and of limits does not change it', () => {
    const reordered: AccessKeyFacts = {
      ...facts,
      scopes: [...facts.scopes].reverse(),
      limits: { perDay: 1000, perMinute: 60 },
    };
    expect(accessKeyMacInput(reordered)).toBe(accessKeyMacInput(facts));
  });

  test('no two different rows share it', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', ']', '\\', '\ud800'), maxLength: 3 });
    const list = fc.option(fc.array(text, { maxLength: 3 }));
    const instant = fc.option(fc.date({ noInvalidDate: true }));
    const row = fc.record({
      id: text,
      organizationId: text,
      environment: fc.constantFrom<'live' | 'test'>('live', 'test'),
      scopes: fc.array(text, { maxLength: 3 }),
      clientIds: list,
      services: list,
      limits: fc.option(fc.dictionary(text, fc.nat({ max: 3 }), { maxKeys: 2 })),
      expiresAt: instant,
      revokedAt: instant,
      secretHash: fc.constant(Buffer.alloc(32)),
    });
    fc.assert(
      fc.property(row, (one) => {
        // What the MAC covers can be read back whole from it.
        const covered = JSON.parse(accessKeyMacInput(one)) as Covered;
        const [, id, organization, environment, scopes, clientIds, services, limits, expires, revoked] = covered;
        expect([id, organization, environment]).toEqual([one.id, one.organizationId, one.environment]);
        expect([scopes, clientIds, services]).toEqual([one.scopes, one.clientIds, one.services].map(ordered));
        expect(limits === null ? null : new Map(limits)).toEqual(
          one.limits === null ? null : new Map(Object.entries(one.limits)),
        );
        expect([expires, revoked]).toEqual(
          [one.expiresAt, one.revokedAt].map((at) => (at === null ? null : String(at.getTime()))),
        );
      }),
    );
  });
});

type List = string[] | null;
type Instant = string | null;
type Covered = [string, string, string, string, List, List, List, [string, number][] | null, Instant, Instant, string];

function ordered(values: readonly string[] | null): string[] | null {
  return values === null ? null : [...values].sort();
}
