import { outcomeOf } from './browser';
import { connect, connectionsOf, depart, statusOf, wayBack } from './journey';
import { must, setScene, type Scene } from './scene';
import type { Fault } from '../support/provider';

// Meta's consents bring a token for an hour, which Connect exchanges for the one to keep.
let scene: Scene;
const DAY_MS = 86_400_000;
const META = { oauthType: 'long_lived', accountFrom: 'answer', accountIdPath: 'user_id' };
beforeAll(async () => {
  scene = await setScene({ service: META });
});
afterAll(() => scene.close());
beforeEach(() => {
  scene.provider.reset();
});

const VARIANTS = [
  ['fb_exchange_token', '/oauth/access_token', 'fb_exchange_token', '/oauth/access_token'],
  ['ig_refresh_token', '/refresh_access_token', 'ig_exchange_token', '/access_token'],
  ['th_refresh_token', '/refresh_access_token', 'th_exchange_token', '/access_token'],
] as const;

describe.each(VARIANTS)('%s', (renewal, refreshPath, exchange, exchangePath) => {
  beforeAll(async () => {
    const body = { renewal, refreshUrl: `${scene.provider.url}${refreshPath}`, minAgeSeconds: 86_400 };
    await must(scene.ask('PATCH /v1/services/crm', { body }));
  });

  test('the token of the consent is exchanged, and the long-lived one is stored, served and renewed', async () => {
    const link = await scene.invite();
    scene.provider.behave({ expiresIn: 3_600, extra: { user_id: 17_841, refresh_token: undefined } });
    expect(outcomeOf(await connect(scene, scene.browser(), link))).toBe('connected');
    const [code, exchanged, ...more] = scene.provider.calls;
    expect(more).toEqual([]);
    expect(code).toMatchObject({ method: 'POST', path: '/token' });
    expect(exchanged).toMatchObject({ method: 'GET', clientSecret: scene.provider.clientSecrets[0] });
    expect(exchanged?.path.split('?')[0]).toBe(exchangePath);
    expect(exchanged?.form.get('grant_type')).toBe(exchange);
    const [connection] = await connectionsOf(scene, link.clientId);
    expect(connection).toMatchObject({ kind: 'long_lived', renewable: true, account: { id: '17841' } });
    const daysUntil = (moment: unknown): number => (new Date(String(moment)).getTime() - Date.now()) / DAY_MS;
    expect(daysUntil(connection?.expiresAt)).toBeGreaterThan(59);
    expect(daysUntil(connection?.nextRefreshAt)).toBeGreaterThan(40);
    const { json } = await scene.ask(`GET /v1/credentials/${link.clientId}/crm`);
    expect(scene.provider.accepts(String(json.accessToken))).toBe(true);
    expect(json.accessToken).not.toBe(exchanged?.form.get(renewal === 'fb_exchange_token' ? renewal : 'access_token'));
    expect(scene.logged()).not.toMatch(/otbcanary/);
  });

  test('an exchange that fails once is tried once more, since it uses nothing up', async () => {
    const link = await scene.invite();
    const browser = scene.browser();
    const back = wayBack(scene, await depart(browser, link));
    const proper: Fault = { delayMs: 0 };
    scene.provider.next(proper);
    scene.provider.next({ status: 503, body: '' });
    expect(outcomeOf(await browser.go(back))).toBe('connected');
    expect(scene.provider.calls.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET']);
  });

  test('an exchange that is refused leaves nothing behind, and the link works again', async () => {
    const link = await scene.invite();
    const browser = scene.browser();
    const back = wayBack(scene, await depart(browser, link));
    scene.provider.next({ delayMs: 0 });
    scene.provider.next({ status: 400, body: { error: { message: 'no', type: 'OAuthException', code: 190 } } });
    expect(outcomeOf(await browser.go(back))).toBe('exchange_failed');
    expect([await connectionsOf(scene, link.clientId), await statusOf(scene, link)]).toEqual([[], 'open']);
    expect(outcomeOf(await connect(scene, browser, link))).toBe('connected');
  });
});

test('a token that nobody signs in for is typed in, kept as long-lived, and asked after at once', async () => {
  const { tokenUrl, apiUrl, clientId, clientSecrets } = scene.provider;
  const service = { name: 'system', displayName: 'Keyed', oauthType: 'long_lived', tokenUrl, verifyUrl: apiUrl };
  await must(scene.ask('POST /v1/services', { body: { ...service, renewal: 'check' } }));
  await must(scene.ask('PUT /v1/services/system/app', { body: { clientId, clientSecrets } }));
  const link = await scene.invite({ service: 'system' });
  const page = await scene.browser().go(link.path);
  expect(page.html).toMatch(/name="apiKey"/);
  const { accessToken } = scene.provider.issue();
  const seen = await scene.browser().submit(link.path, { apiKey: accessToken });
  expect(outcomeOf(seen)).toBe('connected');
  const [connection] = await connectionsOf(scene, link.clientId);
  expect(connection).toMatchObject({ kind: 'long_lived', expiresAt: null, renewable: true });
  expect(new Date(String(connection?.nextRefreshAt)).getTime()).toBeLessThanOrEqual(Date.now() + 5_000);
});

test('a check must lead to a place that tokens are sealed for', async () => {
  const service = { name: 'stray', displayName: 'S', oauthType: 'long_lived', tokenUrl: scene.provider.tokenUrl };
  const body = { ...service, renewal: 'check', verifyUrl: scene.desk.accountUrl };
  expect(await scene.ask('POST /v1/services', { body })).toMatchObject({
    ...{ status: 422, json: { code: 'invalid_value', detail: expect.stringMatching(/^verifyUrl/) as unknown } },
  });
});
