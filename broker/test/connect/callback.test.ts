import { outcomeOf } from './browser';
import { connect, connectionsOf, depart, statusOf, wayBack } from './journey';
import { setScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());
beforeEach(() => {
  scene.provider.reset();
});
const tokenCalls = (): number => scene.provider.calls.length;
test('a callback in the browser that started connects the account with one token call', async () => {
  const link = await scene.invite();
  const seen = await connect(scene, scene.browser(), link);
  expect([seen.status, outcomeOf(seen), tokenCalls()]).toEqual([200, 'connected', 1]);
  const { accessToken } = (await scene.ask(`GET /v1/credentials/${link.clientId}/crm`)).json;
  expect(scene.provider.accepts(String(accessToken))).toBe(true);
  expect(await statusOf(scene, link)).toBe('used');
});

test.each([
  ['no state', () => ({ state: null })],
  ['a state that nobody made', () => ({ state: 'x'.repeat(43) })],
  ['an empty state', () => ({ state: '' })],
])('a callback with %s is refused without a token call', async (_what, given) => {
  const link = await scene.invite();
  const browser = scene.browser();
  const departure = await depart(browser, link);
  const code = scene.provider.issueCodeFor(departure.challenge);
  const seen = await browser.go(wayBack(scene, departure, { code, ...given() }));
  expect([seen.status, outcomeOf(seen), tokenCalls()]).toEqual([400, 'state_unknown', 0]);
  expect(seen.html).not.toContain(link.token);
  expect(outcomeOf(await browser.go(wayBack(scene, departure)))).toBe('connected');
});

test('a state given twice is none', async () => {
  const browser = scene.browser();
  const departure = await depart(browser, await scene.invite());
  const seen = await browser.go(`${wayBack(scene, departure)}&state=${departure.state}`);
  expect([seen.status, outcomeOf(seen), tokenCalls()]).toEqual([400, 'state_unknown', 0]);
});

describe('another browser', () => {
  test.each([
    ['without a cookie', () => undefined],
    ['with a cookie of its own attempt', 'own'],
    ['with a guessed cookie', 'guess'],
  ])('%s gets nothing, learns nothing, and uses nothing up', async (_what, cookie) => {
    const link = await scene.invite({ reason: 'A reason for one pair of eyes' });
    const [browser, stranger] = [scene.browser(), scene.browser()];
    const departure = await depart(browser, link);
    if (cookie === 'own') await depart(stranger, await scene.invite());
    if (cookie === 'guess') for (const name of browser.jar.keys()) stranger.jar.set(name, 'x'.repeat(43));

    const back = wayBack(scene, departure);
    const seen = await stranger.go(back);
    expect([seen.status, outcomeOf(seen), tokenCalls()]).toEqual([400, 'other_browser', 0]);
    // Who holds a state for ten minutes must not get the link for seven days.
    for (const known of [link.token, 'Client', 'CRM']) expect(seen.html).not.toContain(known);

    expect(outcomeOf(await browser.go(back))).toBe('connected');
    expect(tokenCalls()).toBe(1);
  });
});

test('a callback used twice tells the same again, with one token call and one connection', async () => {
  const link = await scene.invite({ returnUrl: 'https://agency.example/thanks' });
  const browser = scene.browser();
  const back = wayBack(scene, await depart(browser, link));
  const pages = [await browser.go(back), await browser.go(back), await browser.go(back)];
  const [first] = pages.map(({ html }) => html);
  for (const { status, html } of pages) expect([status, html]).toEqual([200, first]);
  expect(tokenCalls()).toBe(1);
  expect(await connectionsOf(scene, link.clientId)).toMatchObject([{ generation: 1 }]);
});

test('a callback used twice at the same moment is redeemed once', async () => {
  const link = await scene.invite();
  const browser = scene.browser();
  const back = wayBack(scene, await depart(browser, link));
  const pages = await Promise.all(Array.from({ length: 5 }, () => browser.go(back)));
  const outcomes = pages.map(outcomeOf);
  expect(outcomes.filter((outcome) => outcome === 'connected')).not.toHaveLength(0);
  expect(outcomes.filter((outcome) => outcome !== 'connected' && outcome !== 'state_used')).toEqual([]);
  expect(tokenCalls()).toBe(1);
});

test('a callback is worth nothing eleven minutes later, and the link still works', async () => {
  const link = await scene.invite();
  const browser = scene.browser();
  const departure = await depart(browser, link);
  await scene.database.query(`update flows set expires_at = expires_at - interval '11 minutes' where link_id = $1`, [
    link.id,
  ]);
  const seen = await browser.go(wayBack(scene, departure));
  expect([seen.status, outcomeOf(seen), tokenCalls()]).toEqual([400, 'state_expired', 0]);
  expect(seen.html).toContain(`href="${link.path}"`);
  expect(outcomeOf(await connect(scene, browser, link))).toBe('connected');
});

test('an attempt lives ten minutes by the clock of the database', async () => {
  const link = await scene.invite();
  await depart(scene.browser(), link);
  const { rows } = await scene.database.query(
    `select extract(epoch from expires_at - created_at)::int as seconds from flows where link_id = $1`,
    [link.id],
  );
  expect(rows).toEqual([{ seconds: 600 }]);
});

test("a callback on another service's path is refused without a token call, and uses nothing up", async () => {
  await scene.ask('POST /v1/services', {
    body: { name: 'twin', tokenUrl: scene.provider.tokenUrl, authorizationUrl: `${scene.provider.url}/authorize` },
  });
  const link = await scene.invite();
  const browser = scene.browser();
  const departure = await depart(browser, link);
  const back = wayBack(scene, departure);
  for (const service of ['twin', 'nothing', 'CRM', 'crm%20']) {
    const seen = await browser.go(back.replace('/callback/crm', `/callback/${service}`));
    expect([service, seen.status, outcomeOf(seen), tokenCalls()]).toEqual([service, 400, 'state_unknown', 0]);
  }
  expect(outcomeOf(await browser.go(back))).toBe('connected');
});

test('HEAD on a callback redeems nothing', async () => {
  const browser = scene.browser();
  const back = wayBack(scene, await depart(browser, await scene.invite()));
  await browser.go(back, { method: 'HEAD' });
  expect(tokenCalls()).toBe(0);
  expect(outcomeOf(await browser.go(back))).toBe('connected');
});
