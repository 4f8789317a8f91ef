import fc from 'fast-check';
import { associatedData, audienceOf, keyVersionOf, type SealContext } from '../../src/vault/record';
import { tokenContext } from './example';

// Parts out of very few characters, among them digits and NULs that look like a length prefix, so that a careless
// joining of parts would collide soon.
const part = fc.string({ unit: fc.constantFrom('a', '1', ':', '\0', '\u0001'), maxLength: 3 });
const contexts: fc.Arbitrary<SealContext> = fc.record({
  organizationId: part,
  clientId: fc.option(part.filter((text) => text !== '')),
  service: part,
  kind: fc.constantFrom('token_set', 'app', 'webhook', 'flow', 'spool'),
  rowId: part,
  field: part,
  generation: fc.nat({ max: 12 }),
  audience: part,
});
const versions = fc.integer({ min: 1, max: 2 ** 32 - 1 });

describe('the associated data of a record', () => {
  test('can be read back in one way only, so no two contexts share it', () => {
    fc.assert(
      fc.property(versions, contexts, (version, context) => {
        expect(readBack(associatedData(version, context))).toEqual([
          'otobot/record/v1',
          '1',
          String(version),
          context.organizationId,
          context.clientId ?? '',
          context.service,
          context.kind,
          context.rowId,
          context.field,
          String(context.generation),
          context.audience,
        ]);
      }),
      { numRuns: 1000 },
    );
  });

  test('differs for two contexts exactly when they differ', () => {
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(contexts, (context) => {
        const bytes = associatedData(1, context).toString('hex');
        const text = JSON.stringify(Object.entries(context).sort());
        expect(seen.get(bytes) ?? text).toBe(text);
        seen.set(bytes, text);
      }),
      { numRuns: 2000 },
    );
    expect(new Set(seen.values()).size).toBe(seen.size);
  });

  test('does not mix up neighbours whose boundary moves', () => {
    const one = associatedData(1, { ...tokenContext, clientId: 'acme', service: 'google' });
    const other = associatedData(1, { ...tokenContext, clientId: 'acmeg', service: 'oogle' });
    expect(one.equals(other)).toBe(false);
  });

  test.each<[string, Partial<SealContext>]>([
    ['an empty Client ID, which would read as the organization', { clientId: '' }],
    ['a negative generation', { generation: -1 }],
    ['a generation that is no whole number', { generation: 1.5 }],
    ['a generation beyond exact numbers', { generation: 2 ** 53 }],
    ['a generation that is not a number', { generation: NaN }],
    ['a lone surrogate, which UTF-8 cannot tell from another', { field: 'a\ud800' }],
  ])('refuses %s', (_what, change) => {
    expect(() => associatedData(1, { ...tokenContext, ...change })).toThrow();
  });
});

describe('a record', () => {
  test.each([0, 1, 4, 5, 44])('of %i bytes is refused as too short', (length) => {
    expect(() => keyVersionOf(Buffer.alloc(length, 1))).toThrow(`${length} bytes is too short`);
  });

  test('of another format is refused', () => {
    expect(() => keyVersionOf(Buffer.alloc(45, 2))).toThrow('unknown record format 2');
  });

  test('names key versions up to 32 bits', () => {
    expect(keyVersionOf(Buffer.concat([Buffer.from('01fffffffe', 'hex'), Buffer.alloc(40)]))).toBe(4_294_967_294);
  });
});

describe('the audience', () => {
  test.each([
    ['https://oauth2.googleapis.com/token', 'https://oauth2.googleapis.com'],
    ['https://OAuth2.googleapis.com:443/other?x=1', 'https://oauth2.googleapis.com'],
    ['https://oauth2.googleapis.com:8443/token', 'https://oauth2.googleapis.com:8443'],
    ['http://oauth2.googleapis.com/token', 'http://oauth2.googleapis.com'],
    ['https://oauth2.googleapis.com@evil.example/token', 'https://evil.example'],
    ['https://oauth2.googleapis.com.evil.example/token', 'https://oauth2.googleapis.com.evil.example'],
  ])('of %s is %s', (url, origin) => {
    expect(audienceOf(url)).toBe(origin);
  });

  test('is that of all endpoints together, in one order, and one origin counts once', () => {
    const both = 'https://api.example https://login.example';
    expect(audienceOf('https://login.example/token', 'https://api.example/renew')).toBe(both);
    expect(audienceOf('https://api.example/token', 'https://login.example/renew')).toBe(both);
    expect(audienceOf('https://api.example/token', 'https://api.example/renew')).toBe('https://api.example');
    expect(audienceOf('https://api.example/token', null)).toBe('https://api.example');
  });

  test('refuses what is no http address, whose origin would be shared by all such', () => {
    expect(() => audienceOf()).toThrow('needs an endpoint');
    expect(() => audienceOf('https://a.example', 'data:,x')).toThrow('must be an http(s) URL');
    expect(() => audienceOf('not an address')).toThrow('Invalid URL');
    expect(() => audienceOf('mailto:someone@example.com')).toThrow('must be an http(s) URL');
  });
});

/** An independent reader of the length-prefixed parts; fails on bytes left over. */
function readBack(bytes: Buffer): string[] {
  const parts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) throw new Error('a part reaches beyond the end');
    parts.push(bytes.toString('utf8', at + 4, end));
    at = end;
  }
  return parts;
}
