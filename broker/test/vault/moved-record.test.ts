import fc from 'fast-check';
import { PURPOSES } from '../../src/vault/data-key';
import type { SealContext } from '../../src/vault/record';
import { Vault } from '../../src/vault/vault';
import { primaryRows, problemCodeOf, rootsOf, tokenContext } from './example';

const vault = new Vault(rootsOf(1), primaryRows(rootsOf(1), PURPOSES));

describe('a record moved elsewhere', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '0', '1'), maxLength: 3 });
  const anyContext: fc.Arbitrary<SealContext> = fc.record({
    organizationId: word,
    clientId: fc.option(word.filter((text) => text !== '')),
    service: word,
    kind: fc.constantFrom('token_set', 'app', 'webhook', 'flow', 'spool'),
    rowId: word,
    field: word,
    generation: fc.nat({ max: 20 }),
    audience: word,
  });

  test('does not open with any one field of its context taken from another', () => {
    fc.assert(
      fc.property(anyContext, anyContext, (here, there) => {
        const { record } = vault.seal('refresh', here, 'secret');
        for (const field of Object.keys(here) as (keyof SealContext)[]) {
          const moved: SealContext = { ...here, [field]: there[field] };
          const outcome = problemCodeOf(() => vault.open('refresh', moved, record));
          expect(outcome).toBe(here[field] === there[field] ? 'nothing thrown' : 'integrity');
        }
      }),
    );
  });

  test('does not open with the values of two of its fields exchanged', () => {
    const texts = ['organizationId', 'clientId', 'service', 'kind', 'rowId', 'field', 'audience'] as const;
    fc.assert(
      fc.property(anyContext, fc.subarray([...texts], { minLength: 2, maxLength: 2 }), (here, pair) => {
        const [one, other] = pair as [(typeof texts)[number], (typeof texts)[number]];
        fc.pre(here[one] !== here[other]);
        const { record } = vault.seal('refresh', here, 'secret');
        // As a hostile database would hand it in, where the types of columns do not hold.
        const exchanged = { ...here, [one]: here[other], [other]: here[one] };
        expect(problemCodeOf(() => vault.open('refresh', exchanged, record))).toBe('integrity');
      }),
    );
  });

  test.each<[string, Partial<SealContext>]>([
    ['another tenant', { organizationId: 'b7c1c0de-0000-4000-8000-000000000002' }],
    ['another client', { clientId: 'globex' }],
    ['the organization itself', { clientId: null }],
    ['a client with an empty name', { clientId: '' }],
    ['another service', { service: 'evil' }],
    ['an older generation', { generation: 6 }],
    ['an impossible generation', { generation: -7 }],
    ['another field', { field: 'access_token' }],
    ['a service whose token URL was rewritten', { audience: 'https://evil.example' }],
  ])('to %s does not open', (_where, change) => {
    const { record } = vault.seal('refresh', tokenContext, 'secret');
    expect(problemCodeOf(() => vault.open('refresh', { ...tokenContext, ...change }, record))).toBe('integrity');
  });

  test('to another purpose does not open, though its key is held', () => {
    const { record } = vault.seal('access', tokenContext, 'secret');
    expect(problemCodeOf(() => vault.open('refresh', tokenContext, record))).toBe('integrity');
    expect(problemCodeOf(() => vault.open('session', tokenContext, record))).toBe('integrity');
  });

  test('under another master key of the same version does not open', () => {
    const stranger = new Vault(rootsOf(2), primaryRows(rootsOf(2), PURPOSES));
    const { record } = stranger.seal('refresh', tokenContext, 'secret');
    expect(problemCodeOf(() => vault.open('refresh', tokenContext, record))).toBe('integrity');
  });
});
