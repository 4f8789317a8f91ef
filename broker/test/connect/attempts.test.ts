import { outcomeOf } from './browser';
import { connect, connectionsOf, depart, departureOf, s256, statusOf, wayBack } from './journey';
import { must, PUBLIC_URL, setScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene({ service: { authorizationParams: { access_type: 'offline' } } });
});
afterAll(() => scene.close());
beforeEach(() => {
  scene.provider.reset();
});
const flowsOf = async (id: string): Promise<number> =>
  (await scene.database.query('select from flows where link_id = $1', [id])).rowCount ?? 0;

test('the authorization request carries what RFC 6749 asks for, the scopes and parameters of the service, and nothing of the link', async () => {
  const link = await scene.invite();
  const { request, state, challenge } = await depart(scene.browser(), link);
  expect(request.origin + request.pathname).toBe(`${scene.provider.url}/authorize`);
  expect(Object.fromEntries(request.searchParams)).toEqual({
    response_type: 'code',
    client_id: scene.provider.clientId,
    redirect_uri: `${PUBLIC_URL}/oauth/callback/crm`,
    scope: 'read write',
    access_type: 'offline',
    state,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  expect(state).toMatch(/^[\w-]{43}$/);
  expect(request.href).not.toContain(link.token);
});

test('a browser that navigates is led on by a page, so that no policy holds up what the provider redirects to; others are redirected', async () => {
  const link = await scene.invite();
  const browser = scene.browser();
  const seen = await browser.submit(link.path, {}, { headers: { 'sec-fetch-mode': 'navigate' } });
  expect([seen.status, seen.headers.get('location')]).toEqual([200, null]);
  const departure = departureOf(seen);
  expect(departure.request.searchParams.get('access_type')).toBe('offline');
  expect((await browser.submit(link.path)).status).toBe(303);
  expect(outcomeOf(await browser.go(wayBack(scene, departure)))).toBe('connected');
});

test('the scopes of a link are asked for in place of those of the service', async () => {
  const { request } = await depart(scene.browser(), await scene.invite({ scopes: ['contacts.read'] }));
  expect(request.searchParams.get('scope')).toBe('contacts.read');
});

test('each attempt has a state, a PKCE verifier and a cookie of its own; the verifier matches its challenge', async () => {
  const link = await scene.invite();
  const browser = scene.browser();
  const departures = [await depart(browser, link), await depart(browser, link), await depart(browser, link)];
  expect(new Set(departures.map(({ state }) => state)).size).toBe(3);
  expect(new Set(departures.map(({ challenge }) => challenge)).size).toBe(3);
  expect(new Set(browser.jar.values()).size).toBe(3);
  for (const departure of departures) {
    scene.provider.next({ status: 400, body: { error: 'invalid_grant' } });
    await browser.go(wayBack(scene, departure));
    const { form } = scene.provider.calls.at(-1) ?? {};
    expect(s256(form?.get('code_verifier') ?? '')).toBe(departure.challenge);
    expect(form?.get('redirect_uri')).toBe(departure.request.searchParams.get('redirect_uri'));
  }
});

test('where a service does without PKCE, neither challenge nor verifier is sent', async () => {
  const setPkce = (pkce: boolean) => must(scene.ask('PATCH /v1/services/crm', { body: { pkce } }));
  await setPkce(false);
  const browser = scene.browser();
  const departure = await depart(browser, await scene.invite());
  // Whatever the service says by the time the browser comes back.
  await setPkce(true);
  expect([...departure.request.searchParams.keys()]).not.toContain('code_challenge');
  expect(outcomeOf(await browser.go(wayBack(scene, departure)))).toBe('connected');
  expect(scene.provider.calls.at(-1)?.form.has('code_verifier')).toBe(false);
});

test('a mail scanner that opens the link first, by GET and HEAD, starts and uses up nothing', async () => {
  const link = await scene.invite();
  const scanner = scene.browser();
  for (const method of ['GET', 'HEAD', 'GET', 'HEAD'])
    expect((await scanner.go(link.path, { method })).status).toBe(200);
  expect([await flowsOf(link.id), await statusOf(scene, link), scanner.cookiesSet]).toEqual([0, 'open', []]);
  expect(outcomeOf(await connect(scene, scene.browser(), link))).toBe('connected');
});

test('a link that was started, even often, is not used up', async () => {
  const link = await scene.invite();
  for (let times = 0; times < 3; times += 1) await depart(scene.browser(), link);
  expect([await flowsOf(link.id), await statusOf(scene, link)]).toEqual([3, 'open']);
  expect(outcomeOf(await connect(scene, scene.browser(), link))).toBe('connected');
});

test('of two tabs that finish, the first connects and the other is told that the link was used, without a token call', async () => {
  const link = await scene.invite();
  const browser = scene.browser();
  const [one, other] = [await depart(browser, link), await depart(browser, link)];
  expect(outcomeOf(await browser.go(wayBack(scene, other)))).toBe('connected');
  const late = await browser.go(wayBack(scene, one));
  expect([late.status, outcomeOf(late), scene.provider.calls.length]).toEqual([410, 'link_used', 1]);
  expect(await connectionsOf(scene, link.clientId)).toMatchObject([{ generation: 1 }]);
});

test('of two tabs that finish at the same moment, exactly one connects', async () => {
  const link = await scene.invite();
  const browser = scene.browser();
  const backs = [wayBack(scene, await depart(browser, link)), wayBack(scene, await depart(browser, link))];
  scene.provider.next({ delayMs: 50 }, 2);
  const outcomes = (await Promise.all(backs.map((back) => browser.go(back)))).map(outcomeOf);
  expect(outcomes.sort()).toEqual(['connected', 'link_used']);
  expect(await connectionsOf(scene, link.clientId)).toMatchObject([{ generation: 1 }]);
});

test('a double click starts two attempts, and the one that the browser follows ends well', async () => {
  const link = await scene.invite();
  const browser = scene.browser();
  const [, followed] = await Promise.all([browser.submit(link.path), browser.submit(link.path)]);
  expect(await flowsOf(link.id)).toBe(2);
  expect(outcomeOf(await browser.go(wayBack(scene, departureOf(followed))))).toBe('connected');
  expect(scene.provider.calls).toHaveLength(1);
});

test('two links for one credential, finished at the same moment: neither consent is lost', async () => {
  const link = await scene.invite();
  const { id, url } = await must(
    scene.ask('POST /v1/connect-links', { body: { clientId: link.clientId, service: 'crm' } }),
  );
  const second = { ...link, id: String(id), path: new URL(String(url)).pathname };
  const browser = scene.browser();
  const backs = [wayBack(scene, await depart(browser, link)), wayBack(scene, await depart(browser, second))];
  const outcomes = await scene.together('connections', 2, () => Promise.all(backs.map((back) => browser.go(back))));
  expect(outcomes.map(outcomeOf)).toEqual(['connected', 'connected']);
  expect(await connectionsOf(scene, link.clientId)).toMatchObject([{ generation: 2 }]);
});
