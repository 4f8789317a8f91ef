import type { Browser, Page as Tab } from 'playwright-core';

import { connectPage } from '../../broker/src/http/pages/connect-page';
import { departurePage } from '../../broker/src/http/pages/departure-page';
import type { Language, Outcome, Page } from '../../broker/src/http/pages/models';
import { outcomePage } from '../../broker/src/http/pages/outcome-page';

import { accessibilityFaults, complaintsOf, DESKTOP, launchChromium, PHONE } from './chromium';
import { BRAND, CONNECT_FORMS, connectSample, OUTCOMES, outcomeSample } from './page-samples';
import { startPageServer, type PageServer } from './page-server';

let browser: Browser;
let server: PageServer;
let tab: Tab;
let complaints: string[];
let opened = 0;
beforeAll(async () => {
  [browser, server] = await Promise.all([launchChromium(), startPageServer()]);
  tab = await (await browser.newContext(PHONE)).newPage();
  complaints = complaintsOf(tab);
});
afterAll(() => Promise.all([browser.close(), server.close()]));

async function open(page: Page, colorScheme: 'light' | 'dark' = 'light', device = PHONE): Promise<void> {
  await tab.setViewportSize(device.viewport ?? { width: 0, height: 0 });
  await tab.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  complaints.length = 0;
  await tab.goto(server.show(`/${opened++}`, page));
}
// Chromium reports every page that was answered with 4xx or 5xx, which ours do on purpose, and a logo that nobody serves.
const realComplaints = (): string[] => complaints.filter((complaint) => !complaint.includes('Failed to load resource'));
const fitsAcross = (): Promise<boolean> => tab.evaluate('document.documentElement.scrollWidth <= innerWidth');

const LANGUAGES: readonly Language[] = ['en', 'fr'];
const PAGES = LANGUAGES.flatMap((language) => [
  ...Object.entries(CONNECT_FORMS).map(
    ([name, changes]) => [name, language, connectPage(connectSample(language, changes))] as const,
  ),
  ...(Object.keys(OUTCOMES) as Outcome[]).map(
    (name) => [name, language, outcomePage(outcomeSample(language, name, OUTCOMES[name]))] as const,
  ),
  ['connected-unknown', language, outcomePage(outcomeSample(language, 'connected'))] as const,
]);

describe.each(PAGES)('%s in %s', (_, language, page) => {
  test('is accessible on a phone by day and a desktop by night, obeys its own policy and fits the screen', async () => {
    await open(page, 'light', PHONE);
    expect(await accessibilityFaults(tab)).toEqual([]);
    await open(page, 'dark', DESKTOP);
    expect(await accessibilityFaults(tab)).toEqual([]);
    await tab.setViewportSize({ width: 320, height: 568 });
    expect(await fitsAcross()).toBe(true);
    expect(await tab.getAttribute('html', 'lang')).toBe(language);
    expect(await tab.locator('h1').count()).toBe(1);
    // The style was let in: without it the page would be in a serif font.
    expect(await tab.evaluate('getComputedStyle(document.body).fontFamily')).toContain('sans-serif');
    expect(realComplaints()).toEqual([]);
  });
});

test.each(['#ffffff', '#000000', '#ffe600', '#e4002b', '#00ff66', '#7f7f7f', null])(
  'a brand in %s can be read by day and by night',
  async (color) => {
    for (const page of [
      connectPage(connectSample('en', { brand: { ...BRAND, color }, reconnect: { account: 'anna@example.com' } })),
      connectPage(connectSample('en', { brand: { ...BRAND, color }, kind: 'api_key', formProblem: 'rejected' })),
      outcomePage(outcomeSample('en', 'held', { ...OUTCOMES.held, brand: { ...BRAND, color } })),
    ]) {
      for (const [colorScheme, device] of [
        ['light', DESKTOP],
        ['dark', PHONE],
      ] as const) {
        await open(page, colorScheme, device);
        expect(await accessibilityFaults(tab)).toEqual([]);
      }
    }
  },
);

test('with the longest names and words a phone shows everything', async () => {
  const long = 'Donaudampfschifffahrtsgesellschaft'.repeat(6);
  const changes = { brand: { ...BRAND, name: long }, clientName: long, serviceName: long, reason: long };
  await open(
    connectPage(
      connectSample('en', { ...changes, reconnect: { account: long }, scopes: [{ scope: long, text: null }] }),
    ),
  );
  expect(await fitsAcross()).toBe(true);
});

test('whoever has only a keyboard gets to the button and past it', async () => {
  await open(connectPage(connectSample('en')), 'light', DESKTOP);
  await tab.keyboard.press('Tab');
  expect(await tab.evaluate('document.activeElement.textContent.trim()')).toBe('Continue to Google');
  expect(await tab.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
});

test('buttons are large enough for a thumb', async () => {
  await open(outcomePage(outcomeSample('en', 'denied', OUTCOMES.denied)));
  const heights = await tab
    .locator('.button')
    .evaluateAll((all) => all.map((one) => (one as unknown as { offsetHeight: number }).offsetHeight));
  expect(heights).toHaveLength(2);
  expect(Math.min(...heights)).toBeGreaterThanOrEqual(48);
});

test('after a rejected key the cursor waits in the field, and the reason is read with it', async () => {
  await open(connectPage(connectSample('en', { kind: 'api_key', serviceName: 'Stripe', formProblem: 'rejected' })));
  const field = tab.getByLabel('API key of Stripe');
  expect(await tab.evaluate('document.activeElement.id')).toBe('apiKey');
  expect(
    await tab.locator(`#${(await field.getAttribute('aria-describedby'))?.split(' ')[0] ?? ''}`).innerText(),
  ).toMatch(/^Stripe does not accept this key/);
  expect(await field.inputValue()).toBe('');
});

test('the page that leads on does so by itself, past redirects to origins that no policy names', async () => {
  const end = await startPageServer();
  const goal = end.show('/signed-in', outcomePage(outcomeSample('en', 'connected')));
  await open(departurePage({ language: 'en', brand: BRAND, serviceName: 'Google', authorizationUrl: goal }));
  await tab.waitForURL(goal);
  expect(realComplaints()).toEqual([]);
  await end.close();
});

const INJECTION = `"'><img src=x onerror="window.hacked=1"><script>window.hacked=1</script></style></title><b onclick=x>\`;`;
const connectFields: Record<string, Parameters<typeof connectSample>[1]> = {
  'brand name': { brand: { ...BRAND, name: INJECTION } },
  'brand colour': { brand: { ...BRAND, color: `#000000;}</style>${INJECTION}` } },
  'brand logo': { brand: { ...BRAND, logoUrl: `https://127.0.0.1:9/${INJECTION}` } },
  'brand logo host': { brand: { ...BRAND, logoUrl: `https://x.example;script-src 'unsafe-inline'/` } },
  client: { clientName: INJECTION },
  service: { serviceName: INJECTION },
  'service of an API key': { serviceName: INJECTION, kind: 'api_key', formProblem: 'rejected' },
  'service of a sign-in': { serviceName: INJECTION, kind: 'basic', formProblem: 'missing' },
  scope: { scopes: [{ scope: INJECTION, text: null }] },
  'text of a scope': { scopes: [{ scope: 'a', text: INJECTION }] },
  reason: { reason: INJECTION },
  account: { reconnect: { account: INJECTION } },
  action: { action: `/x${INJECTION}` },
  'authorization origin': { authorizationOrigin: `https://x.example;script-src 'unsafe-inline'${INJECTION}` },
};
const outcomeFields: Record<string, Parameters<typeof outcomeSample>[2]> = {
  'brand name': { brand: { ...BRAND, name: INJECTION } },
  service: { serviceName: INJECTION },
  client: { clientName: INJECTION },
  account: { account: INJECTION },
  'message of the provider': { providerMessage: INJECTION },
  'return URL': { returnUrl: `https://x.example/${INJECTION}` },
  'return URL that is a script': { returnUrl: 'javascript:window.hacked=1' },
  'retry path': { retryPath: `/x${INJECTION}` },
  'request id': { requestId: INJECTION },
};

test.each([
  ...Object.entries(connectFields).map(([name, changes]) => [name, connectPage(connectSample('en', changes))] as const),
  ...Object.entries(outcomeFields).map(
    ([name, changes]) =>
      [`${name} of an outcome`, outcomePage(outcomeSample('fr', 'provider_error', changes))] as const,
  ),
])('markup as %s stays text', async (_, page) => {
  await open(page);
  const found = await tab.evaluate(`({
    foreign: [...document.querySelectorAll('script, iframe, b, img[src=x], body style, a[href^=javascript]')].map((one) => one.outerHTML),
    handlers: [...document.querySelectorAll('*')].flatMap((one) => one.getAttributeNames()).filter((name) => name.startsWith('on')),
    hacked: 'hacked' in window,
    title: document.title !== '' && document.querySelectorAll('h1').length,
  })`);
  expect(found).toEqual({ foreign: [], handlers: [], hacked: false, title: 1 });
  expect(page.contentSecurityPolicy).not.toMatch(/script-src|unsafe/);
  expect(realComplaints()).toEqual([]);
});
