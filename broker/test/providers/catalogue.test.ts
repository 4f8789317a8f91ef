import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { serviceFields } from '../../src/http/service-fields';
import { createOutbound } from '../../src/outbound/outbound';
import { accountInAnswer, accountPathsOf } from '../../src/providers/account';
import { CATALOGUE } from '../../src/providers/catalogue/catalogue';
import { documentsOf } from '../../src/providers/catalogue/documents';
import { CHECKED, type Fact, type ProviderEntry } from '../../src/providers/catalogue/entry';
import { guideOf } from '../../src/providers/catalogue/guide';
import { grantedTokens } from '../../src/providers/granted';
import { atTenant, tenantIn } from '../../src/providers/tenant';
import { checkDefinition, DEFAULTS, type ServiceDefinition } from '../../src/services/service-catalogue/definition';
import { fromProvider } from '../../src/services/service-catalogue/from-provider';

const DOCS = path.resolve(__dirname, '../../../docs');
const ENTRIES = path.resolve(__dirname, '../../src/providers/catalogue');
const named = CATALOGUE.map((entry): [string, ProviderEntry] => [entry.name, entry]);
/** One of each provider: its first host, its example, or any. */
const tenantOf = ({ tenant }: ProviderEntry): string => tenant?.value.hosts?.[0] ?? tenant?.value.example ?? 'acme';
const atOne = (entry: ProviderEntry) =>
  atTenant({ ...DEFAULTS, displayName: entry.name, ...fromProvider(entry.name) }, tenantOf(entry));

/** What is no fact of its own: names, the kind (how Otobot sees it), plain words, and what Otobot does not do yet. */
const OWN = ['name', 'displayName', 'kind', 'byDefault', 'en', 'fr', 'notSupported'];

/** Every fact of an entry with its place; what is neither a fact nor ours is given as `stray`. */
function walk(value: unknown, place: string): { facts: [string, Fact<unknown>][]; stray: string[] } {
  if (value === null) return { facts: [], stray: [] };
  if (typeof value !== 'object') return { facts: [], stray: [place] };
  const isFact = 'value' in value;
  const inner = Object.entries(value).filter(
    ([name]) => !OWN.includes(name) && !(isFact && ['value', 'source', 'checked'].includes(name)),
  );
  const below = inner.map(([name, member]) => walk(member, `${place}.${name}`));
  return {
    facts: [
      ...(isFact ? [[place, value as Fact<unknown>] as [string, Fact<unknown>]] : []),
      ...below.flatMap((w) => w.facts),
    ],
    stray: below.flatMap((w) => w.stray),
  };
}

test('each provider is there once, in the order of its name, in a file of that name', () => {
  const names = CATALOGUE.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)].sort());
  const NO_ENTRIES = ['catalogue', 'documents', 'entry', 'guide', 'overview'];
  const files = readdirSync(ENTRIES).map((file) => path.basename(file, '.ts'));
  expect(files.filter((file) => !NO_ENTRIES.includes(file)).sort()).toEqual(names);
});

describe.each(named)('%s', (_name, entry) => {
  const { facts, stray } = walk(entry, entry.name);

  test('every fact names an https page as its source, and when it was read, if it was', () => {
    expect(facts.length).toBeGreaterThan(5);
    const wrong = facts.filter(
      ([, { source, checked }]) =>
        !URL.canParse(source) || !source.startsWith('https://') || ![CHECKED, null].includes(checked),
    );
    expect(wrong).toEqual([]);
    expect(stray).toEqual([]);
  });

  test('some of it was read at its source', () => {
    expect(facts.some(([, { checked }]) => checked === CHECKED)).toBe(true);
  });

  test('becomes a service that the API takes', () => {
    const known = fromProvider(entry.name);
    expect(z.strictObject(serviceFields).safeParse(known).error?.issues).toBeUndefined();
    const definition = { ...DEFAULTS, displayName: entry.name, ...known };
    expect(() => checkDefinition(definition, isAllowedInProduction)).not.toThrow();
    expect(JSON.stringify(atOne(entry))).not.toMatch(/\{\w+\}/);
  });

  test('its API is among the hosts that its credentials may be sent to', () => {
    const { baseUrl, verifyUrl, allowedHosts } = atOne(entry);
    const hosts = [baseUrl, verifyUrl].filter((url) => url !== null).map((url) => new URL(url).hostname);
    const outside = hosts.filter(
      (host) => !(allowedHosts ?? []).some((allowed) => host === allowed || host.endsWith(`.${allowed}`)),
    );
    expect(allowedHosts).not.toBeNull();
    expect(outside).toEqual([]);
  });

  test('each scope is told in plain words in English and French', () => {
    const wordless = entry.scopes.filter(({ value, en, fr }) => [en, fr].some((text) => text === '' || text === value));
    expect(wordless).toEqual([]);
    expect(entry.scopes.filter(({ en, fr }) => en === fr)).toEqual([]);
    expect(Object.keys(fromProvider(entry.name).scopeTexts ?? {})).toEqual(entry.scopes.map(({ value }) => value));
  });

  test('its guide tells where to go, what to paste, the scopes, the traps and the sources', () => {
    const guide = guideOf(entry, { publicUrl: 'https://otobot.example', service: 'mine' });
    const told = [
      entry.guide.console?.value ?? '',
      ...(entry.guide.steps.length === 0 ? ['Steps: not described yet.'] : []),
      'otobot service create mine',
      ...entry.scopes.map(({ value }) => value),
      ...entry.guide.traps.map(({ value }) => value),
      ...entry.guide.notSupported,
      ...facts.filter(([place]) => !place.endsWith('.tenant')).map(([, { source }]) => source),
      ...(entry.authorizationUrl === null ? [] : ['https://otobot.example/oauth/callback/mine']),
    ];
    expect(told.filter((text) => !guide.includes(text))).toEqual([]);
    expect(guide).not.toMatch(/\{redirectUri\}|undefined|\[object/);
  });
});

const answering = CATALOGUE.filter(({ account }) => account?.value.from === 'answer').map(({ name }) => name);

test.each(answering)('%s: the account is found in the token answer', (name) => {
  const { accountFrom = null, accountIdPath = null, accountLabelPath = null } = fromProvider(name);
  const source = { accountFrom, accountIdPath, accountLabelPath };
  const path = (accountIdPath ?? '').split('.');
  const nested = path.reduceRight<unknown>((value, member) => ({ [member]: value }), 'the-account');
  const fields = { access_token: 'a', ...(nested as Record<string, unknown>) };
  const granted = grantedTokens({ fields, answer: fields }, accountPathsOf(source));
  expect(accountInAnswer(source, granted)?.id).toBe('the-account');
});

test('docs/providers.md and docs/providers are what the catalogue says (node scripts/provider-docs.mjs writes them)', () => {
  const files = ['providers.md', ...readdirSync(path.join(DOCS, 'providers')).map((file) => `providers/${file}`)];
  const there = files.map((file): [string, string] => [file, readFileSync(path.join(DOCS, file), 'utf8')]);
  const sorted = (documents: Iterable<[string, string]>) => [...documents].sort(([a], [b]) => (a < b ? -1 : 1));
  expect(sorted(there)).toEqual(sorted(documentsOf(CATALOGUE)));
});

const HOSTILE = [
  '',
  'evil.com/',
  'x@evil.com',
  '..',
  '%2f',
  'a.b',
  'a/b',
  'a:1',
  'a#',
  'a?',
  '-a',
  'a-',
  'a b',
  'a\n.b',
  'a\\',
  'é',
  'a%2e',
  'a\u0000',
  'a.evil.com',
  'https://evil.com',
  'x'.repeat(64),
];

const tenants = CATALOGUE.filter(({ tenant }) => tenant !== null).map(({ name }) => name);

describe.each(tenants)('%s, which has a host per customer', (name) => {
  test.each(HOSTILE)('takes no customer called %j into a host name', (tenant) => {
    expect(tenantIn({ ...DEFAULTS, ...fromProvider(name) }, tenant)).toBeNull();
  });
});

test('an unknown provider is refused with the way out', () => {
  expect(() => fromProvider('gogle')).toThrow(/from: "gogle" is no provider.*google/);
});

test.each<[string, Partial<ServiceDefinition>]>([
  ['at its example', { tokenUrl: 'https://127.0.0.{tenant}/token', tenantFrom: 'link', tenantExample: '1' }],
  [
    'at one of its hosts',
    {
      tokenUrl: 'https://{tenant}/t',
      tenantFrom: 'redirect',
      tenantParam: 'a',
      tenantHosts: ['a.example', '10.0.0.1'],
    },
  ],
])('a service that leads to a private address %s is refused', (_where, changes) => {
  const definition = { ...DEFAULTS, displayName: 'S', ...changes };
  expect(() => checkDefinition(definition, isAllowedInProduction)).toThrow(/10\.0\.0\.1|127\.0\.0\.1/);
});

/** Public https only. */
function isAllowedInProduction(url: string): boolean {
  const outbound = createOutbound({ allowPrivate: false, privateHosts: [] });
  outbound.assertAllowed(url);
  outbound.close();
  return true;
}
