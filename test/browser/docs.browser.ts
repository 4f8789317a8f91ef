import type { Browser, Page as Tab } from 'playwright-core';
import type { Broker } from '../../broker/src/app/broker';
import { docsPage } from '../../broker/src/http/documentation/docs-page';
import { openApiDocument } from '../../broker/src/http/documentation/openapi';
import { allRoutes, documentedRoutes } from '../../broker/src/http/serve';
import { accessibilityFaults, complaintsOf, DESKTOP, launchChromium, PHONE } from './chromium';
import { startPageServer, type PageServer } from './page-server';

let browser: Browser;
let server: PageServer;
let tab: Tab;
let complaints: string[];
beforeAll(async () => {
  [browser, server] = await Promise.all([launchChromium(), startPageServer()]);
  tab = await (await browser.newContext(PHONE)).newPage();
  complaints = complaintsOf(tab);
  const page = docsPage(openApiDocument(documentedRoutes(allRoutes({} as Broker))));
  await tab.goto(server.show('/docs', { status: 200, ...page }));
});
afterAll(() => Promise.all([browser.close(), server.close()]));

const fitsAcross = (): Promise<boolean> => tab.evaluate('document.documentElement.scrollWidth <= innerWidth');

test.each([
  ['a phone by day', PHONE, 'light'],
  ['a desktop by night', DESKTOP, 'dark'],
] as const)(
  'on %s the documentation is accessible, fits the screen and obeys its policy',
  async (_, device, scheme) => {
    await tab.setViewportSize(device.viewport ?? { width: 0, height: 0 });
    await tab.emulateMedia({ colorScheme: scheme });
    expect(await accessibilityFaults(tab)).toEqual([]);
    expect(await fitsAcross()).toBe(true);
    expect(await tab.evaluate('getComputedStyle(document.body).fontFamily')).toContain('sans-serif');
    expect(complaints).toEqual([]);
    if (process.env.DOCS_SCREENSHOTS !== undefined)
      await tab.screenshot({ path: `${process.env.DOCS_SCREENSHOTS}/docs-${scheme}.png` });
  },
);

test('a link of the list leads to its route', async () => {
  await tab.setViewportSize({ width: 320, height: 568 });
  expect(await fitsAcross()).toBe(true);
  await tab.locator('nav a[href="#post-grants"]').click();
  expect(await tab.locator('#post-grants').isVisible()).toBe(true);
});
