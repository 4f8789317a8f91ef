import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { accessibilityFaults, complaintsOf, DESKTOP } from './chromium';

export const ALICE = 'Alice Martin';
export const BOB = 'Bob Keller';

/** Somebody at a browser of his own, with no cookie from anybody else. */
export interface Person {
  page: Page;
  /** Another tab of the same browser. */
  openTab(): Promise<Page>;
  /** Everything that any of his pages complained of. */
  complaints: string[];
  leave(): Promise<void>;
}

let lastAddress = 0;

export async function arrive(browser: Browser, device: BrowserContextOptions = DESKTOP): Promise<Person> {
  const context = await browser.newContext({
    locale: 'en-GB',
    // Everybody at an address of his own: pages are counted by address, and these people are quick.
    extraHTTPHeaders: { 'X-Forwarded-For': `203.0.113.${(lastAddress += 1)}` },
    ...device,
  });
  const complaints: string[] = [];
  context.on('page', (page) => complaintsOf(page, complaints));
  return {
    page: await context.newPage(),
    openTab: () => context.newPage(),
    complaints,
    leave: () => context.close(),
  };
}

const looked = new Set<string>();

/** Waits for the page with that heading, and looks whether it is accessible and fits its window: once for each page, language and window. */
export async function seePage(page: Page, heading: string | RegExp): Promise<void> {
  const shown = page.getByRole('heading', { level: 1, name: heading });
  await shown.waitFor();
  const which = [await shown.innerText(), await page.getAttribute('html', 'lang'), page.viewportSize()?.width].join(
    '|',
  );
  if (looked.has(which)) return;
  looked.add(which);
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
}

/** Presses the button of the Connect page; ends on the provider's page. */
export async function goToProvider(page: Page): Promise<void> {
  await page.getByRole('button', { name: /Demo$/ }).click();
  await seePage(page, 'Sign in');
}

/** At the provider: says who he is, and agrees or does not. */
export async function signIn(page: Page, who: string, answer: 'Allow' | 'Deny' = 'Allow'): Promise<void> {
  await page.getByRole('button', { name: who }).click();
  await seePage(page, /Allow .+ access\?/);
  await page.getByRole('button', { name: answer }).click();
}

/** From the link to whatever comes of it. */
export async function connect(page: Page, url: string, who: string): Promise<void> {
  await page.goto(url);
  await goToProvider(page);
  await signIn(page, who);
}
