import type { TestBroker } from '../support/broker';
import { openBrowser, outcomeOf, type Seen } from './browser';
import { depart, wayBack } from './journey';
import { must, setScene, type Scene } from './scene';

const HTTPS = 'https://connect.otobot.example';
let scene: Scene;
let secure: TestBroker;
beforeAll(async () => {
  scene = await setScene();
  await must(scene.ask('POST /v1/services', { body: { name: 'keyed', displayName: 'Keyed', oauthType: 'api_key' } }));
  secure = await scene.another({ publicUrl: HTTPS });
});
afterAll(() => scene.close());
beforeEach(() => {
  scene.provider.reset();
});

function expectSafe(seen: Seen): void {
  const header = (name: string): string | null => seen.headers.get(name);
  expect(header('cache-control')).toBe('no-store');
  expect(header('referrer-policy')).toBe('no-referrer');
  expect(header('x-robots-tag')).toBe('noindex');
  expect(header('x-content-type-options')).toBe('nosniff');
  expect(header('x-powered-by')).toBeNull();
  const policy = header('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|\*|script-src/);
  expect(seen.html).not.toMatch(/<script|\son[a-z]+=|javascript:/i);
}
const policyOf = (seen: Seen): string => seen.headers.get('content-security-policy') ?? '';

test('every page, of whatever ending, carries the headers that keep its address and itself from others', async () => {
  const browser = scene.browser();
  const link = await scene.invite();
  const seen = [
    await browser.go(link.path),
    await browser.submit(link.path),
    await browser.submit(link.path, {}, { headers: { 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'same-origin' } }),
    await browser.submit(link.path, {}, { headers: { 'sec-fetch-site': 'cross-site' } }),
    await browser.go('/connect/nothing'),
    await browser.go('/connect/%ff'),
    await browser.go('/oauth/callback/crm'),
    await scene.browser().go(wayBack(scene, await depart(browser, link))),
    await browser.go(wayBack(scene, await depart(browser, link), { error: 'access_denied' })),
    await browser.go(wayBack(scene, await depart(browser, link))),
    await browser.go((await scene.invite({ service: 'keyed' })).path),
  ];
  expect(new Set(seen.map(({ status }) => status))).toEqual(new Set([200, 303, 400, 403, 404]));
  for (const one of seen) expectSafe(one);
});

test('the form of a page may lead to the authorization origin and to nothing else; that of a key nowhere', async () => {
  const oauth = await scene.browser().go((await scene.invite()).path);
  expect(policyOf(oauth)).toContain(`form-action 'self' ${scene.provider.url};`);
  const keyed = await scene.browser().go((await scene.invite({ service: 'keyed' })).path);
  expect(policyOf(keyed)).toContain("form-action 'self';");
  expect(policyOf(keyed)).not.toContain(scene.provider.url);
});

test('what an agency writes is shown as text, in the language of the browser or else of the client', async () => {
  const reason = '<img src=x onerror=alert(1)> "because" & more';
  const link = await scene.invite({ reason });
  await must(scene.ask(`PATCH /v1/clients/${link.clientId}`, { body: { name: '<b>Ann</b>', locale: 'fr-CA' } }));
  const seen = await scene.browser().go(link.path);
  expect(seen.html).toContain('&lt;img src=x onerror=alert(1)&gt; &quot;because&quot; &amp; more');
  expect(seen.html).toContain('&lt;b&gt;Ann&lt;/b&gt;');
  expect(seen.html).toContain('<html lang="en">');
  const french = await scene.browser().go(link.path, { headers: { 'accept-language': '*' } });
  expect(french.html).toContain('<html lang="fr">');
});

describe('the cookie of an attempt', () => {
  const attributesOf = (line: string): string[] => line.split('; ').slice(1).sort();

  test('on loopback http is a plain one that scripts and other sites cannot use', async () => {
    const browser = scene.browser();
    await depart(browser, await scene.invite());
    const [line = '', ...more] = browser.cookiesSet;
    expect(more).toEqual([]);
    expect(line).toMatch(/^otobot-[0-9a-f]{12}=[\w-]{43}; /);
    expect(attributesOf(line)).toEqual(['HttpOnly', 'Max-Age=600', 'Path=/', 'SameSite=Lax']);
  });

  test('on https is a __Host- cookie, Secure, and the way back works with it alone', async () => {
    const browser = openBrowser(secure.url);
    const link = await scene.invite();
    const departure = await depart(browser, link);
    const [line = ''] = browser.cookiesSet;
    expect(line).toMatch(/^__Host-otobot-[0-9a-f]{12}=[\w-]{43}; /);
    expect(attributesOf(line)).toEqual(['HttpOnly', 'Max-Age=600', 'Path=/', 'SameSite=Lax', 'Secure']);
    expect(departure.request.searchParams.get('redirect_uri')).toBe(`${HTTPS}/oauth/callback/crm`);
    const back = wayBack(scene, departure);
    // What another host of the domain could set is no substitute.
    const fixed = openBrowser(secure.url);
    for (const [name, value] of browser.jar) fixed.jar.set(name.replace('__Host-', ''), value);
    expect(outcomeOf(await fixed.go(back))).toBe('other_browser');
    expect(scene.provider.calls).toEqual([]);
    expect(outcomeOf(await browser.go(back))).toBe('connected');
  });
});

test.each(['cross-site', 'same-site'])(
  'a form that is posted %s starts nothing, and hands nothing in',
  async (site) => {
    for (const service of ['crm', 'keyed']) {
      const link = await scene.invite({ service });
      const browser = scene.browser();
      const seen = await browser.submit(link.path, { apiKey: 'k' }, { headers: { 'sec-fetch-site': site } });
      expect([seen.status, outcomeOf(seen), seen.leadsTo]).toEqual([403, 'wrong_origin', null]);
      expect(browser.cookiesSet).toEqual([]);
      const { rowCount } = await scene.database.query('select from flows where link_id = $1', [link.id]);
      expect(rowCount).toBe(0);
    }
  },
);

test('a callback comes from another site by nature, and is let in', async () => {
  const browser = scene.browser();
  const back = wayBack(scene, await depart(browser, await scene.invite()));
  expect(outcomeOf(await browser.go(back, { headers: { 'sec-fetch-site': 'cross-site' } }))).toBe('connected');
});

test('one address that asks too often gets a page that says so, and others are not affected', async () => {
  const link = await scene.invite();
  const browser = scene.browser();
  let seen = await browser.go(link.path);
  for (let times = 1; times <= 60 && seen.status === 200; times += 1) seen = await browser.go(link.path);
  expect([seen.status, outcomeOf(seen)]).toEqual([429, 'too_many']);
  expectSafe(seen);
  expect(Number(seen.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await browser.submit(link.path)).status).toBe(429);
  expect((await scene.browser().go(link.path)).status).toBe(200);
});

test('a callback that came too often may come again: nothing is used up', async () => {
  const browser = scene.browser();
  const link = await scene.invite();
  const back = wayBack(scene, await depart(browser, link));
  let times = 0;
  while ((await browser.go('/connect/nothing')).status !== 429 && times < 70) times += 1;
  expect(outcomeOf(await browser.go(back))).toBe('too_many');
  expect(scene.provider.calls).toEqual([]);
  const later = scene.browser();
  for (const [name, value] of browser.jar) later.jar.set(name, value);
  expect(outcomeOf(await later.go(back))).toBe('connected');
});
