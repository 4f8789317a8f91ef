import { inspect } from 'node:util';
import { ConfigurationError } from '../../src/errors/configuration-error';
import { matchesInternalToken, parseInternalTokens } from '../../src/secrets/internal-token';

const fresh = 'canary-fresh-0123456789abcdef0123';
const old = 'canary-older-0123456789abcdef0123';

describe('INTERNAL_API_TOKEN', () => {
  test('is accepted whole, and nothing near it is', () => {
    const tokens = parseInternalTokens(fresh);
    expect(matchesInternalToken(tokens, fresh)).toBe(true);
    for (const wrong of [
      '',
      old,
      fresh.slice(1),
      fresh.slice(0, -1),
      `${fresh} `,
      fresh.toUpperCase(),
      `${fresh},${old}`,
    ]) {
      expect(matchesInternalToken(tokens, wrong)).toBe(false);
    }
  });

  test('holds two values while it is being replaced, and either is accepted', () => {
    const tokens = parseInternalTokens(`${fresh},${old}`);
    expect(matchesInternalToken(tokens, fresh)).toBe(true);
    expect(matchesInternalToken(tokens, old)).toBe(true);
    expect(matchesInternalToken(tokens, `${fresh},${old}`)).toBe(false);
  });

  test('of 32 characters is long enough', () => {
    expect(matchesInternalToken(parseInternalTokens('x'.repeat(32)), 'x'.repeat(32))).toBe(true);
  });

  test('not set at all lets nobody in', () => {
    expect(matchesInternalToken({ hashes: [] }, '')).toBe(false);
  });

  test.each([
    ['empty', '', 'at least 32 characters'],
    ['of 31 characters', 'x'.repeat(31), 'at least 32 characters'],
    ['ending in a comma', `${fresh},`, 'at least 32 characters'],
    ['with a short second value', `${fresh},canary`, 'at least 32 characters'],
    ['of three values', `${fresh},${old},${fresh}`, 'more than two'],
    ['with a newline at its end', `${fresh}\n`, 'white space'],
    ['with a space after the comma', `${fresh}, ${old}`, 'white space'],
    ['of letters that no header carries', 'ü'.repeat(40), 'no HTTP header carries'],
  ])('%s is refused by name, and is not printed', (_what, value, message) => {
    let refusal: unknown;
    try {
      parseInternalTokens(value);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(ConfigurationError);
    const [mistake] = (refusal as ConfigurationError).mistakes;
    expect(mistake?.name).toBe('INTERNAL_API_TOKEN');
    expect(mistake?.message).toContain(message);
    expect(inspect(refusal, { depth: 9 })).not.toContain('canary');
  });

  test('is not in what is logged of it', () => {
    const tokens = parseInternalTokens(fresh);
    expect(inspect(tokens, { depth: 9 }) + JSON.stringify(tokens)).not.toContain('canary');
    expect(JSON.stringify(tokens)).not.toContain(JSON.stringify([...Buffer.from(fresh)]).slice(1, -1));
  });
});
