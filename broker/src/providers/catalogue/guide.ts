import { CHECKED, type Fact, type Known, type ProviderEntry, type Scope, type Source } from './entry';

export interface Installation {
  /** Origin under which browsers reach it. */
  publicUrl: string;
  /** What the service is to be called there, if not as usual. */
  service?: string | undefined;
}

/** How the provider of `entry` is set up, in Markdown: for docs/providers and for a terminal. */
export function guideOf(entry: ProviderEntry, { publicUrl, service = entry.name }: Installation): string {
  const redirectUri = `${publicUrl}/oauth/callback/${service}`;
  const sources = numberedSources();
  const text = (fact: Fact<string>): string =>
    `${fact.value.replaceAll('{redirectUri}', `\`${redirectUri}\``)} ${sources.mark(fact)}`;
  const { guide } = entry;
  const blocks = [
    `# ${entry.displayName}`,
    ...(guide.console === null ? [] : [`Console: ${guide.console.value} ${sources.mark(guide.console)}`]),
    ...(entry.authorizationUrl === null ? [] : [`Redirect URI to paste: \`${redirectUri}\``]),
    section(
      'Not supported yet',
      guide.notSupported.map((gap) => `- ${gap}`),
    ),
    section(
      'Set it up',
      guide.steps.length === 0
        ? ['Steps: not described yet.']
        : guide.steps.map((step, index) => `${index + 1}. ${text(step)}`),
    ),
    section(
      'Then',
      [
        `otobot service create ${service} --from ${entry.name}`,
        ...appLines(entry, service),
        ...linkLines(entry, service),
      ].map(indented),
    ),
    section(
      'Scopes',
      entry.scopes.map((scope) => `- \`${scope.value}\`${byDefault(scope)}: ${scope.en} ${sources.mark(scope)}`),
    ),
    section(
      'Traps',
      guide.traps.map((trap) => `- ${text(trap)}`),
    ),
    section(
      'What is set',
      settings(entry).map(([what, fact]) => `- ${what}: ${shown(fact)} ${sources.mark(fact)}`),
    ),
    section('Sources', sources.list()),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `## ${title}\n\n${lines.join('\n')}`;
const indented = (line: string): string => `    ${line}`;
const byDefault = (scope: Scope): string => (scope.byDefault ? ' (asked for by default)' : '');
const appLines = ({ authorizationUrl, renewal }: ProviderEntry, service: string): string[] =>
  authorizationUrl === null && renewal === null ? [] : [`otobot service app ${service} --client-id <client id>`];

/** How a link names the customer's part of the URLs, where it can. */
function linkLines({ tenant }: ProviderEntry, service: string): string[] {
  if (tenant?.value.from !== 'link') return [];
  const example = tenant.value.hosts?.[0] ?? tenant.value.example ?? 'acme';
  return [`otobot connect-link create <client> ${service} --tenant ${example}`];
}

function settings(entry: ProviderEntry): [what: string, fact: Fact<unknown>][] {
  const all: [string, Known<unknown>][] = [
    ['Authorization URL', entry.authorizationUrl],
    ['Token URL', entry.tokenUrl],
    ['Refresh URL', entry.refreshUrl],
    ['Revocation URL', entry.revocationUrl],
    ['Token to be revoked is written as', entry.revocationFormat],
    ['Authorization parameters', entry.authorizationParams],
    ['Token requests are written as', entry.bodyFormat],
    ['Its names for parameters', entry.paramNames],
    ['Parameters of token requests', entry.tokenParams],
    ['Parameters of renewals', entry.refreshParams],
    ['Tokens stand in the member', entry.answerPath],
    ['Errors that end a consent', entry.permanentErrors],
    ['Renewal of long-lived tokens', entry.renewal],
    ['Not renewed before, in seconds', entry.minAgeSeconds],
    ['Refreshed before its end by, in seconds', entry.refreshAheadSeconds],
    ['Client secret goes into', entry.authStyle],
    ['Scopes are parted by', entry.scopeSeparator],
    ['PKCE', entry.pkce],
    ['Issuer in the callback (RFC 9207)', entry.issuer],
    ['Rotation of refresh tokens', entry.rotation],
    ['Grace, in seconds', entry.graceSeconds],
    ['Seconds between refreshes of a connection', entry.refreshIntervalSeconds],
    ['Access token lives, in seconds', entry.accessTokenSeconds],
    ['Consent lives without a refresh, in seconds', entry.consentIdleSeconds],
    ['Consent lives however often it is refreshed, in seconds', entry.consentSeconds],
    ['Account', entry.account],
    ['Base URL', entry.baseUrl],
    ['Allowed hosts', entry.allowedHosts],
    ['Request header', entry.requestHeader],
    ['Before the credential in it', entry.requestScheme],
    ['Check of a key', entry.verifyUrl],
    ['{tenant}', tenantFact(entry)],
    ['Signature of the redirect', entry.redirectHmacParam],
  ];
  return all.filter((setting): setting is [string, Fact<unknown>] => setting[1] !== null);
}

/** Who tells it, in words. */
function tenantFact({ tenant, account }: ProviderEntry): Known<string> {
  if (tenant === null) return null;
  const { what, from, param, hosts, example } = tenant.value;
  const told = {
    link: 'told with the connect link, or asked on its page',
    redirect: `told in the redirect (${String(param)})`,
    answer: `told in the token answer (${String(param)})`,
    lookup: `told at ${String(account?.value.url)} (${String(param)})`,
  }[from];
  const again = from === 'link' && param !== null ? `, and repeated in the redirect (${param})` : '';
  const which = hosts === null ? '' : `: ${hosts.join(', ')}`;
  return { ...tenant, value: `${what}${example === null ? '' : `, such as ${example}`}, ${told}${again}${which}` };
}

function shown({ value }: Fact<unknown>): string {
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== null);
    return members.map(([name, member]) => `${name}=${String(member)}`).join(', ');
  }
  return WORDS.get(value) ?? String(value);
}

const WORDS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  ['', 'nothing'],
  [' ', 'a space'],
  [',', 'a comma'],
  [true, 'yes'],
  [false, 'no'],
]);

/** Each source once, in the order of its first use; what was not read at its source is said so. */
function numberedSources(): { mark: (fact: Fact<unknown>) => string; list: () => string[] } {
  const order: Source[] = [];
  return {
    mark({ source, checked }) {
      if (!order.includes(source)) order.push(source);
      const number = order.indexOf(source) + 1;
      return checked === null ? `[${number}, not read]` : `[${number}]`;
    },
    list: () => [
      ...order.map((source, index) => `${index + 1}. ${source}`),
      '',
      `Read in stored copies on ${CHECKED}. "not read": the source is named by others; look there before you rely on it.`,
    ],
  };
}
