import { createHash } from 'node:crypto';

import { connectPage } from '../../src/http/pages/connect-page';
import type { ConnectPageModel, Outcome, OutcomePageModel, Page } from '../../src/http/pages/models';
import { outcomePage } from '../../src/http/pages/outcome-page';

const CONNECT: ConnectPageModel = {
  language: 'en',
  brand: { name: 'Nordlicht', logoUrl: 'https://cdn.nordlicht.example/logo.png', color: '#0f5c5c' },
  clientName: 'Boulangerie Martin',
  serviceName: 'Google',
  kind: 'oauth',
  scopes: [{ scope: 'calendar', text: 'See your calendars' }],
  reason: 'To plan deliveries.',
  reconnect: null,
  action: '/connect/token',
  authorizationOrigin: 'https://accounts.google.com',
  formProblem: null,
  tenant: null,
  expiresAt: new Date('2026-11-26T10:00:00Z'),
};
const OUTCOME: OutcomePageModel = {
  outcome: 'connected',
  language: 'en',
  brand: CONNECT.brand,
  serviceName: 'Google',
  clientName: 'Boulangerie Martin',
  account: 'anna@example.com',
  providerMessage: null,
  returnUrl: null,
  retryPath: null,
  requestId: 'request-1',
};
const directive = ({ contentSecurityPolicy }: Page, name: string): string | undefined =>
  contentSecurityPolicy.split('; ').find((part) => part.startsWith(`${name} `));

test('the policy lets in the one style sheet of the page and nothing else', () => {
  const page = connectPage(CONNECT);
  const styles = [...page.html.matchAll(/<style>([^]*?)<\/style>/g)].map(([, text]) => text ?? '');
  expect(styles).toHaveLength(1);
  const hash = createHash('sha256')
    .update(styles[0] ?? '')
    .digest('base64');
  expect(page.contentSecurityPolicy.split('; ')).toEqual([
    "default-src 'none'",
    `style-src 'sha256-${hash}'`,
    'img-src https://cdn.nordlicht.example',
    "form-action 'self' https://accounts.google.com",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ]);
});

test.each(['http://cdn.example/logo.png', 'https://cdn.example;sandbox/logo.png', 'data:image/png;base64,AA', 'x'])(
  'a logo at %s is not shown: the initial stands for it',
  (logoUrl) => {
    const page = connectPage({ ...CONNECT, brand: { ...CONNECT.brand, logoUrl } });
    expect(directive(page, 'img-src')).toBe("img-src 'none'");
    expect(page.html).not.toContain('<img');
    expect(page.html).toContain('aria-hidden="true">N</span>');
  },
);

test.each(['api_key', 'basic'] as const)('the %s form goes to ourselves only', (kind) => {
  expect(directive(connectPage({ ...CONNECT, kind }), 'form-action')).toBe("form-action 'self'");
});

test('no page has a script, a style attribute or a source from elsewhere', () => {
  for (const { html } of [connectPage(CONNECT), connectPage({ ...CONNECT, kind: 'basic' }), outcomePage(OUTCOME)]) {
    expect(html).not.toMatch(/<script|<link|<iframe|\sstyle=|\son[a-z]+=|url\(|@import/);
  }
});

test.each([
  [null, 200],
  ['missing', 422],
  ['rejected', 422],
  ['unreachable', 503],
] as const)('a form with the problem %j is answered with %i', (formProblem, status) => {
  expect(connectPage({ ...CONNECT, kind: 'api_key', formProblem }).status).toBe(status);
});

const STATUSES: Record<Outcome, number> = {
  connected: 200,
  held: 200,
  denied: 200,
  link_unknown: 404,
  link_expired: 410,
  link_revoked: 410,
  link_used: 410,
  client_suspended: 403,
  not_configured: 503,
  state_unknown: 400,
  state_expired: 400,
  state_used: 400,
  other_browser: 400,
  provider_error: 502,
  answer_refused: 400,
  exchange_failed: 502,
  provider_unreachable: 502,
  too_many: 429,
  wrong_origin: 403,
  internal: 500,
};

test.each(Object.entries(STATUSES) as [Outcome, number][])('%s is answered with %i', (outcome, status) => {
  const page = outcomePage({ ...OUTCOME, outcome });
  expect(page.status).toBe(status);
  // Whoever asks about a failure can name it.
  expect(page.html.includes('request-1')).toBe(status >= 400);
});

test('an unknown link tells nothing about anybody, whatever is known', () => {
  const known = { ...OUTCOME, providerMessage: 'oops', returnUrl: 'https://agency.example/', retryPath: '/connect/x' };
  const nobody = { brand: null, serviceName: null, clientName: null, account: null, providerMessage: null };
  expect(outcomePage({ ...known, outcome: 'link_unknown' })).toEqual(
    outcomePage({ ...known, ...nobody, returnUrl: null, retryPath: null, outcome: 'link_unknown' }),
  );
});

test('where the account is not known, the page says so', () => {
  expect(outcomePage({ ...OUTCOME, account: null }).html).toContain('Which account it is, we do not know');
});

test('a link back is there only if there is one, and names where it leads', () => {
  expect(outcomePage(OUTCOME).html).not.toContain('<a ');
  const { html } = outcomePage({ ...OUTCOME, returnUrl: 'https://agency.example/done?x=1&y=2' });
  expect(html).toContain('href="https://agency.example/done?x=1&amp;y=2"');
  expect(html).toContain('Go back to agency.example');
});

test('the page says where the password is typed, and until when the link works', () => {
  const { html } = connectPage(CONNECT);
  expect(html).toContain('The address will begin with https://accounts.google.com. We never see your password.');
  expect(html).toContain('This link works until Thursday, 26 November 2026 at 10:00 UTC.');
});

test('a long message of a provider is cut', () => {
  const { html } = outcomePage({ ...OUTCOME, outcome: 'provider_error', providerMessage: 'no '.repeat(5_000) });
  expect(html).toContain('no no …');
  expect(html.length).toBeLessThan(20_000);
});
