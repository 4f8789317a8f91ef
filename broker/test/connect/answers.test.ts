import { outcomeOf, unescaped } from './browser';
import { connect, depart, statusOf, wayBack } from './journey';
import { must, setScene, type Invited, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());
beforeEach(() => {
  scene.provider.reset();
});

const setIssuer = (issuer: string | null) => must(scene.ask('PATCH /v1/services/crm', { body: { issuer } }));
/** What a browser is shown that comes back with these parameters, and that the link is still good. */
async function comeBackWith(given: Record<string, string | null>, link?: Invited) {
  const invited = link ?? (await scene.invite());
  const browser = scene.browser();
  const back = wayBack(scene, await depart(browser, invited), given);
  return { link: invited, browser, back, seen: await browser.go(back) };
}
const code = (): string => scene.provider.issueCodeFor(null);

describe('where the issuer of a service is known', () => {
  const ISSUER = 'https://crm.example';
  beforeAll(() => setIssuer(ISSUER));
  afterAll(() => setIssuer(null));

  test('a callback with this iss connects', async () => {
    const { seen } = await comeBackWith({ code: null });
    expect(outcomeOf(seen)).toBe('provider_error');
    const browser = scene.browser();
    const departure = await depart(browser, await scene.invite());
    const right = wayBack(scene, departure, { iss: ISSUER, code: scene.provider.issueCodeFor(departure.challenge) });
    expect(outcomeOf(await browser.go(right))).toBe('connected');
  });

  test.each([
    ['without iss', null],
    ['with an empty iss', ''],
    ['with the iss of another provider', 'https://evil.example'],
    ['with an iss that only looks alike', `${ISSUER}/`],
  ])('a callback %s is refused without a token call', async (_what, iss) => {
    const { seen, link } = await comeBackWith({ iss, code: code() });
    expect([seen.status, outcomeOf(seen), scene.provider.calls.length]).toEqual([502, 'provider_error', 0]);
    expect(await statusOf(scene, link)).toBe('open');
  });

  test('what another provider says of an error is not told as this one’s words', async () => {
    const foreign = { iss: 'https://evil.example', error: 'access_denied', error_description: 'Call 0900-EVIL' };
    const { seen } = await comeBackWith(foreign);
    expect(outcomeOf(seen)).toBe('provider_error');
    expect(seen.html).not.toContain('0900');
    const { seen: own } = await comeBackWith({ ...foreign, iss: ISSUER });
    expect(outcomeOf(own)).toBe('denied');
  });
});

test('where the issuer is not known, an iss changes nothing', async () => {
  const browser = scene.browser();
  const departure = await depart(browser, await scene.invite());
  const back = wayBack(scene, departure);
  expect(outcomeOf(await browser.go(`${back}&iss=https://any.example`))).toBe('connected');
});

test('who says no is told so with status 200, no token call is made, and the link still works', async () => {
  const { seen, link, browser, back } = await comeBackWith({ error: 'access_denied' });
  expect([seen.status, outcomeOf(seen), scene.provider.calls.length]).toEqual([200, 'denied', 0]);
  expect(seen.html).toContain(`href="${link.path}"`);
  expect((await browser.go(back)).html).toBe(seen.html);
  expect(outcomeOf(await connect(scene, browser, link))).toBe('connected');
});

test.each(['server_error', 'temporarily_unavailable', 'invalid_scope', 'ACCESS_DENIED', '<b>', 'x'.repeat(5_000)])(
  'the error %s is an error of the provider, without a token call',
  async (error) => {
    const { seen, link } = await comeBackWith({ error });
    expect([seen.status, outcomeOf(seen), scene.provider.calls.length]).toEqual([502, 'provider_error', 0]);
    expect(await statusOf(scene, link)).toBe('open');
  },
);

test.each([
  ['neither code nor error', { code: null }],
  ['an empty code', { code: '' }],
])('a callback with %s makes no token call', async (_what, given) => {
  const { seen } = await comeBackWith(given);
  expect([outcomeOf(seen), scene.provider.calls.length]).toEqual(['provider_error', 0]);
});

test('an error beside a code counts: no token call', async () => {
  const { seen } = await comeBackWith({ code: code(), error: 'access_denied' });
  expect([outcomeOf(seen), scene.provider.calls.length]).toEqual(['denied', 0]);
});

test.each([
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '</q></p><form action=https://evil.example>',
  "'-alert(1)-'`${1}`",
  '&lt;script&gt;',
])('the error_description %s is shown as text, under a policy that runs nothing', async (description) => {
  const { seen } = await comeBackWith({ error: 'server_error', error_description: description });
  const said = /<q>([^<]*)<\/q>/.exec(seen.html)?.[1] ?? '';
  expect(unescaped(said)).toBe(description);
  expect(seen.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'sha256-[^']+'; img-src 'none';/,
  );
  expect(seen.html.match(/<(script|img|form|iframe)/g)).toBeNull();
});

test.each(['\0', 'a\0b', '\u001b[31mred', '\u202egnp.exe', '\ud83d\ude00'.repeat(400), ' '])(
  'the error_description %j, which no database or terminal likes, still ends in the same page twice',
  async (description) => {
    const { seen, browser, back, link } = await comeBackWith({
      error: 'access_denied',
      error_description: description,
    });
    expect([seen.status, outcomeOf(seen)]).toEqual([200, 'denied']);
    expect(seen.html).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
    expect((await browser.go(back)).html).toBe(seen.html);
    expect(await statusOf(scene, link)).toBe('open');
  },
);
