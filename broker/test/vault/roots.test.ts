import { inspect } from 'node:util';
import { ConfigurationError } from '../../src/errors/configuration-error';
import { parseMasterKey, rootsOfMaster, rootsOfServeKey, serveRootOf } from '../../src/vault/roots';
import { masterOf } from './example';

const good = '0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0';

describe('a master key from the environment', () => {
  test.each([
    ['63 characters', good.slice(1), 'not 63 characters'],
    ['65 characters', `${good}a`, 'not 65 characters'],
    ['nothing', '', 'is empty'],
    ['a letter that is no hexadecimal digit', `${good.slice(1)}g`, 'not hexadecimal digits'],
    ['a character of two bytes', `${good.slice(1)}é`, 'not hexadecimal digits'],
    ['all zeros', '0'.repeat(64), 'all zeros'],
    ['a newline at its end', `${good}\n`, 'white space or a line break'],
    ['a newline in place of the last digit', `${good.slice(1)}\n`, 'white space or a line break'],
    ['a space before it', ` ${good}`, 'white space or a line break'],
    ['0x before it', `0x${good.slice(2)}`, 'not hexadecimal digits'],
  ])('of %s is refused by name, and is not printed', (_what, value, message) => {
    const error = errorOf(() => parseMasterKey('ENCRYPTION_MASTER_KEY', value));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as ConfigurationError).mistakes).toEqual([
      {
        name: 'ENCRYPTION_MASTER_KEY',
        message: expect.stringContaining(message) as string,
        hint: expect.any(String) as string,
      },
    ]);
    // Not even a part of it, in a message, a stack or a property.
    expect(inspect(error, { depth: 9 })).not.toMatch(/[0-9a-f]{12}|0{12}/);
  });

  test('is taken in either case, and is not in what is logged of it', () => {
    const key = parseMasterKey('ENCRYPTION_MASTER_KEY', good);
    expect(key.equals(parseMasterKey('ENCRYPTION_MASTER_KEY', good.toUpperCase()))).toBe(true);
    expect(key.export().toString('hex')).toBe(good);
    expect(inspect(key, { depth: 9, showHidden: true }) + JSON.stringify(key)).not.toContain(good.slice(0, 8));
  });
});

describe('the roots', () => {
  test('of one master are two, told apart by their public ids, and stay what they are', () => {
    const { serve, full } = rootsOfMaster(masterOf(1));
    // Pinned, and computed once by another implementation of HKDF: a change here would lock every existing installation out of its data.
    expect(serve.id).toBe('04a40dc0a6a098a5');
    expect(full?.id).toBe('ff9b7e81ebe0065b');
    expect(serveRootOf(masterOf(1))).toBe('4ea545852304f5b671b9020a4b81271bb619f269317eb5c9435b01c820f25050');
    expect(full?.wrappingKey.equals(serve.wrappingKey)).toBe(false);
  });

  test('of another master are others', () => {
    expect(rootsOfMaster(masterOf(2)).serve.id).not.toBe(rootsOfMaster(masterOf(1)).serve.id);
  });

  test('of the serve key are the serve root of its master, and nothing more', () => {
    const serveKey = parseMasterKey('ENCRYPTION_SERVE_KEY', serveRootOf(masterOf(1)));
    const { serve, full } = rootsOfServeKey(serveKey);
    expect(serve.id).toBe(rootsOfMaster(masterOf(1)).serve.id);
    expect(serve.wrappingKey.equals(rootsOfMaster(masterOf(1)).serve.wrappingKey)).toBe(true);
    expect(full).toBeNull();
  });

  test('show nothing of their keys when they are logged', () => {
    const roots = rootsOfMaster(masterOf(1));
    const logged = inspect(roots, { depth: 9, showHidden: true }) + JSON.stringify(roots);
    for (const root of [roots.serve, roots.full]) {
      expect(logged).not.toContain(root?.wrappingKey.export().toString('hex').slice(0, 8));
    }
  });
});

function errorOf(action: () => unknown): unknown {
  try {
    action();
    return null;
  } catch (error) {
    return error;
  }
}
