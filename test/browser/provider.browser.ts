import type { Browser, Page } from 'playwright-core';
import { createPkce, startLoopbackProvider, type LoopbackProvider } from '../provider/support';
import { accessibilityFaults, complaintsOf, DESKTOP, launchChromium, PHONE } from './chromium';

let browser: Browser;
let provider: LoopbackProvider;
beforeAll(async () => {
  browser = await launchChromium();
  provider = await startLoopbackProvider();
});
afterAll(async () => {
  await browser.close();
  await provider.stop();
});

function authorization(): string {
  const url = new URL(`${provider.url}/auth`);
  url.search = new URLSearchParams({
    client_id: provider.clientId,
    response_type: 'code',
    // Nobody has to listen there: the provider itself answers with a page of its own.
    redirect_uri: `${provider.url}/oauth/callback/nowhere`,
    scope: 'openid email calendar.read offline_access',
    code_challenge: createPkce().challenge,
    code_challenge_method: 'S256',
  }).toString();
  return url.href;
}

const show = (name: string): ((page: Page) => Promise<void>) => PAGES[name] ?? (() => Promise.reject(new Error(name)));

const PAGES: Record<string, (page: Page) => Promise<void>> = {
  'sign-in': async (page) => {
    await page.goto(authorization());
  },
  consent: async (page) => {
    await page.goto(authorization());
    await page.getByRole('button', { name: 'Bob Keller' }).click();
    await page.getByText('Read your calendar').waitFor();
  },
  knobs: async (page) => {
    await fetch(`${provider.url}/consent?account=alice`, { method: 'POST' });
    await page.goto(provider.url);
    await page.getByRole('button', { name: 'Revoke what alice allowed' }).first().waitFor();
  },
};

test.each(
  Object.keys(PAGES).flatMap((name) => [
    [name, 'phone'],
    [name, 'desktop'],
  ]),
)('the %s page on a %s is accessible and obeys its own policy', async (name, device) => {
  const context = await browser.newContext(device === 'phone' ? PHONE : DESKTOP);
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  await show(name)(page);
  expect(await page.evaluate('getComputedStyle(document.querySelector("section")).borderRadius')).toBe('12px');
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  expect(complaints).toEqual([]);
  await context.close();
});

test('the knobs turn', async () => {
  const page = await browser.newPage();
  await show('knobs')(page);
  await page.getByLabel('New access tokens live').fill('20');
  await page.getByLabel('Fail the next').fill('3');
  await page.getByLabel('with').selectOption('invalid_grant');
  await page.getByRole('button', { name: 'Set' }).click();
  await page.locator('input[name=times][value="3"]').waitFor();
  expect(await provider.state()).toMatchObject({ accessTokenSeconds: 20, failing: { how: 'invalid_grant', times: 3 } });
  await page.getByRole('button', { name: 'Revoke what alice allowed' }).first().click();
  await page.getByText('revoked,').waitFor();
  expect((await provider.state()).grants.map(({ status }) => status)).toContain('revoked');
  await page.close();
});
