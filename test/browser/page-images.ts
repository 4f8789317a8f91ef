import { mkdirSync } from 'node:fs';
import path from 'node:path';

import type { Browser } from 'playwright-core';

import { connectPage } from '../../broker/src/http/pages/connect-page';
import type { Language, Outcome, Page } from '../../broker/src/http/pages/models';
import { outcomePage } from '../../broker/src/http/pages/outcome-page';

import { DESKTOP, launchChromium, PHONE } from './chromium';
import { CONNECT_FORMS, connectSample, OUTCOMES, outcomeSample } from './page-samples';
import { startPageServer, type PageServer } from './page-server';

// Not a test of anything: `node scripts/page-images.mjs [folder]` draws the pages for the documentation, or all to look at.
const folder = process.env.PAGE_IMAGES ?? '';
const DEVICES = { phone: PHONE, desktop: DESKTOP };

let browser: Browser;
let server: PageServer;
beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  [browser, server] = await Promise.all([launchChromium(), startPageServer()]);
});
afterAll(() => Promise.all([browser.close(), server.close()]));

const connect = (language: Language, form = 'connect'): Page =>
  connectPage(connectSample(language, CONNECT_FORMS[form] ?? {}));
const outcome = (language: Language, name: Outcome): Page => outcomePage(outcomeSample(language, name, OUTCOMES[name]));

const DOCUMENTED: readonly (readonly [name: string, device: keyof typeof DEVICES, page: Page])[] = [
  ['connect-en-phone', 'phone', connect('en')],
  ['connect-fr-phone', 'phone', connect('fr')],
  ['connect-desktop', 'desktop', connect('en')],
  ['api-key', 'phone', connect('en', 'api-key')],
  ['connected', 'phone', outcome('en', 'connected')],
  ['held', 'phone', outcome('en', 'held')],
  ['denied', 'phone', outcome('en', 'denied')],
  ['link-expired', 'phone', outcome('en', 'link_expired')],
];
const EVERYTHING = (['en', 'fr'] as const).flatMap((language) =>
  (['phone', 'desktop'] as const).flatMap((device) => [
    ...Object.keys(CONNECT_FORMS).map(
      (form) => [`${form}-${language}-${device}`, device, connect(language, form)] as const,
    ),
    ...(Object.keys(OUTCOMES) as Outcome[]).map(
      (name) => [`${name}-${language}-${device}`, device, outcome(language, name)] as const,
    ),
  ]),
);

test.each(process.env.PAGE_IMAGES_ALL === undefined ? DOCUMENTED : EVERYTHING)('%s', async (name, device, page) => {
  const context = await browser.newContext(DEVICES[device]);
  const tab = await context.newPage();
  await tab.goto(server.show(`/${name}`, page));
  await tab.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
  await context.close();
});
