import type { Fact, Known, ProviderEntry } from './entry';

/** docs/providers.md: all providers in one table. A dash is a gap, a star a fact whose source was not read. */
export function overviewOf(entries: readonly ProviderEntry[], made: string): string {
  return [
    made,
    '',
    '# All providers at a glance',
    '',
    `${String(entries.length)} services. "—": not known, or not there; nothing is guessed. "*": the source is named, but was not read.`,
    'The guide behind each name has all facts with their sources.',
    '',
    row(COLUMNS.map(([title]) => title)),
    row(COLUMNS.map(() => '---')),
    ...entries.map((entry) => row(COLUMNS.map(([, cell]) => cell(entry)))),
    '',
  ].join('\n');
}

type Cell = (entry: ProviderEntry) => string;

const COLUMNS: readonly (readonly [title: string, cell: Cell])[] = [
  ['service', ({ name, displayName }) => `[${displayName}](providers/${name}.md)`],
  ['kind', ({ kind }) => kind],
  ['client secret in', ({ authStyle }) => told(authStyle, String)],
  ['PKCE', ({ pkce }) => told(pkce, (does) => (does ? 'yes' : 'no'))],
  ['used refresh token', ({ rotation, graceSeconds }) => told(rotation, (is) => ROTATION[is](graceSeconds))],
  ['access token', ({ accessTokenSeconds }) => told(accessTokenSeconds, span)],
  ['consent, unused', ({ consentIdleSeconds }) => told(consentIdleSeconds, span)],
  ['consent, at most', ({ consentSeconds }) => told(consentSeconds, span)],
  ['tenant', ({ tenant }) => told(tenant, ({ what }) => what)],
  ['revocation', ({ revocationUrl }) => told(revocationUrl, () => 'yes')],
  ['account', ({ account }) => told(account, ({ from }) => ACCOUNT[from])],
];

const ACCOUNT = { id_token: 'ID token', answer: 'token answer', url: 'own request' } as const;
const ROTATION = {
  none: () => 'stays valid',
  grace: (grace: Known<number>) => (grace === null ? 'valid for a while' : `valid for ${span(grace.value)}`),
  strict: () => 'single use',
} as const;

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function told<Value>(fact: Known<Value>, words: (value: Value) => string): string {
  return fact === null ? '—' : `${words(fact.value)}${mark(fact)}`;
}

const mark = ({ checked }: Fact<unknown>): string => (checked === null ? '*' : '');

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** Seconds in the largest unit that holds them at least twice, or in the next one; "about" where that rounds. */
function span(seconds: number): string {
  const [unit, size] = UNITS.find(([, size]) => seconds >= 2 * size || seconds === size) ?? ['s', 1];
  const count = Math.round((seconds / size) * 10) / 10;
  return `${count * size === seconds ? '' : 'about '}${String(count)} ${unit}`;
}
