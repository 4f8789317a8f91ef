import fc from 'fast-check';
import { isScope, isSubset, PRESETS, SCOPES, whatScopeAllows } from '../../src/secrets/scopes';

describe('scopes', () => {
  test('the presets hold what the contract says', () => {
    expect([...PRESETS.n8n].sort()).toEqual(
      [
        'clients:read',
        'connect:write',
        'connections:read',
        'credentials:read',
        'services:read',
        'webhooks:write',
      ].sort(),
    );
    expect([...PRESETS.monitor].sort()).toEqual(['alerts:read', 'connections:read', 'metrics:read']);
    expect(PRESETS.operator).toEqual(SCOPES);
    expect(SCOPES).toHaveLength(15);
  });

  test('each says what it allows', () => {
    expect(new Set(SCOPES.map(whatScopeAllows)).size).toBe(SCOPES.length);
  });

  test('only those of the table are scopes, not what every object has', () => {
    expect(SCOPES.every(isScope)).toBe(true);
    for (const text of [
      '',
      'credentials',
      'credentials:READ',
      'constructor',
      '__proto__',
      'toString',
      'credentials:read ',
    ]) {
      expect(isScope(text)).toBe(false);
    }
  });
});

describe('a key passes on', () => {
  test('its own scopes or fewer, never another', () => {
    fc.assert(
      fc.property(fc.subarray([...SCOPES]), fc.subarray([...SCOPES]), (asked, held) => {
        const extra = asked.filter((scope) => !new Set(held).has(scope));
        expect(isSubset(asked, held)).toBe(extra.length === 0);
      }),
    );
  });

  test.each([
    [null, null, true],
    [['acme'], null, true],
    [[], null, true],
    [null, ['acme'], false],
    [null, [], false],
    [['acme', 'globex'], ['acme'], false],
    [['acme', 'acme'], ['acme'], true],
    [[], [], true],
  ])('%j of %j: %s (null is every client, also those to come)', (asked, held, allowed) => {
    expect(isSubset(asked, held)).toBe(allowed);
  });
});
