import { until } from '../support/until';
import { outcomeOf } from './browser';
import { connect, connectionsOf, depart, statusOf, wayBack } from './journey';
import { must, setScene, type Scene } from './scene';
import type { Fault } from '../support/provider';

let scene: Scene;
let secrets: string[];
beforeAll(async () => {
  scene = await setScene();
  secrets = [...scene.provider.clientSecrets];
});
afterAll(() => scene.close());
beforeEach(() => {
  scene.provider.reset();
  scene.desk.calls.length = 0;
  scene.provider.clientSecrets.splice(0, 9, ...secrets);
});
const HTML = { status: 200, headers: { 'content-type': 'text/html' }, body: '<p>welcome</p>' };

const FAILURES: [what: string, fault: Fault, status: number, outcome: string, calls: number][] = [
  ['refuses the code', { status: 400, body: { error: 'invalid_grant' } }, 502, 'exchange_failed', 1],
  ['answers an error with 200', { status: 200, body: { error: 'bad_verification_code' } }, 502, 'exchange_failed', 1],
  ['answers HTML', HTML, 502, 'exchange_failed', 1],
  ['answers without a token', { status: 200, body: {} }, 502, 'exchange_failed', 1],
  ['redirects', { status: 302, headers: { location: 'https://evil.example/' } }, 502, 'exchange_failed', 1],
  ['answers 500', { status: 500, body: 'oops' }, 502, 'provider_unreachable', 1],
  [
    'answers 503 with JSON',
    { status: 503, body: { error: 'temporarily_unavailable' } },
    502,
    'provider_unreachable',
    1,
  ],
  ['answers 429', { status: 429, headers: { 'retry-after': '5' }, body: '' }, 502, 'provider_unreachable', 1],
  ['resets the connection', 'reset', 502, 'provider_unreachable', 1],
  ['speaks no HTTP', 'not-http', 502, 'exchange_failed', 1],
  ['refuses every client secret', { status: 401, body: { error: 'invalid_client' } }, 503, 'not_configured', 2],
];

test.each(FAILURES)(
  'a provider that %s: a page that says so, told again without another call, and a link that still works',
  async (_what, fault, status, outcome, calls) => {
    const link = await scene.invite();
    const browser = scene.browser();
    const back = wayBack(scene, await depart(browser, link));
    scene.provider.always(fault);
    const seen = await browser.go(back);
    expect([seen.status, outcomeOf(seen), scene.provider.calls.length]).toEqual([status, outcome, calls]);
    expect(outcomeOf(await browser.go(back))).toBe(outcome);
    expect(scene.provider.calls).toHaveLength(calls);
    expect([await connectionsOf(scene, link.clientId), await statusOf(scene, link)]).toEqual([[], 'open']);
    scene.provider.always(null);
    expect(outcomeOf(await connect(scene, browser, link))).toBe('connected');
  },
);

test('with the first client secret revoked the second one redeems the same code', async () => {
  scene.provider.clientSecrets.splice(0, 1);
  const link = await scene.invite();
  expect(outcomeOf(await connect(scene, scene.browser(), link))).toBe('connected');
  const { calls } = scene.provider;
  expect(calls.map(({ clientSecret }) => clientSecret)).toEqual(secrets);
  expect(calls[0]?.form.get('code')).toBe(calls[1]?.form.get('code'));
});

test('a token URL that was rewritten since the start gets nothing, neither code nor verifier nor client secret', async () => {
  const link = await scene.invite();
  const browser = scene.browser();
  const departure = await depart(browser, link);
  await scene.database.query(`update services set oauth_token_url = $1 where name = 'crm'`, [scene.desk.accountUrl]);
  const seen = await browser.go(wayBack(scene, departure));
  await scene.database.query(`update services set oauth_token_url = $1 where name = 'crm'`, [scene.provider.tokenUrl]);
  expect([seen.status, outcomeOf(seen)]).toEqual([503, 'not_configured']);
  expect([scene.desk.calls, scene.provider.calls]).toEqual([[], []]);
  // The client is not bothered with it; the operator learns what it is.
  const { rows } = await scene.database.query('select type, data from outbox where client_id = $1', [link.clientId]);
  expect(rows).toEqual([{ type: 'connection.integrity', data: { during: 'connect', linkId: link.id } }]);
  await until('the audit says so', async () => {
    const sql = `select from audit where actor = $1 and action = 'connect.callback' and code = 'integrity'`;
    return (await scene.database.query(sql, [`connect-link:${link.id}`])).rowCount === 1;
  });
  expect(outcomeOf(await connect(scene, browser, link))).toBe('connected');
});

test('a token URL that was rewritten before the start gets nothing either', async () => {
  const link = await scene.invite();
  const browser = scene.browser();
  await scene.database.query(`update services set oauth_token_url = $1 where name = 'crm'`, [scene.desk.accountUrl]);
  const seen = await connect(scene, browser, link);
  await scene.database.query(`update services set oauth_token_url = $1 where name = 'crm'`, [scene.provider.tokenUrl]);
  expect([outcomeOf(seen), scene.desk.calls, scene.provider.calls]).toEqual(['not_configured', [], []]);
});

test('a code is never redeemed as another OAuth client than the one it was asked for with', async () => {
  const link = await scene.invite();
  const browser = scene.browser();
  const departure = await depart(browser, link);
  const app = `PUT /v1/clients/${link.clientId}/apps/crm`;
  await must(scene.ask(app, { body: { clientId: 'own', clientSecrets: ['own-secret'] } }));
  const seen = await browser.go(wayBack(scene, departure));
  expect([outcomeOf(seen), scene.provider.calls]).toEqual(['exchange_failed', []]);
});

test('a link that was revoked while the provider was asked stores nothing', async () => {
  const link = await scene.invite();
  const browser = scene.browser();
  const back = wayBack(scene, await depart(browser, link));
  scene.provider.next({ delayMs: 300 });
  const coming = browser.go(back);
  await scene.provider.received(1);
  expect((await scene.ask(`DELETE /v1/connect-links/${link.id}`)).status).toBe(204);
  expect(outcomeOf(await coming)).toBe('link_revoked');
  expect(await connectionsOf(scene, link.clientId)).toEqual([]);
});

test('a browser that goes away while the provider is asked has connected all the same', async () => {
  const link = await scene.invite();
  const browser = scene.browser();
  const back = wayBack(scene, await depart(browser, link));
  scene.provider.next({ delayMs: 200 });
  const leaving = new AbortController();
  const cookie = [...browser.jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const gone = fetch(scene.broker.url + back, { headers: { cookie }, signal: leaving.signal });
  await scene.provider.received(1);
  leaving.abort();
  await expect(gone).rejects.toThrow('aborted');
  await until('the link is used', async () => (await statusOf(scene, link)) === 'used');
  expect(outcomeOf(await browser.go(back))).toBe('connected');
  expect(scene.provider.calls).toHaveLength(1);
});

test('a provider that gives no refresh token is connected with what it gave', async () => {
  scene.provider.next({
    status: 200,
    body: { access_token: 'otbcanary-lonely', token_type: 'bearer', expires_in: 3600 },
  });
  const link = await scene.invite();
  expect(outcomeOf(await connect(scene, scene.browser(), link))).toBe('connected');
  const { json } = await scene.ask(`GET /v1/credentials/${link.clientId}/crm`);
  expect(json).toMatchObject({ accessToken: 'otbcanary-lonely', scopes: ['read', 'write'] });
  expect(await connectionsOf(scene, link.clientId)).toMatchObject([{ status: 'active', nextRefreshAt: null }]);
});

test.each([
  ['scopes', { scope: 'read \0 \ud800' }],
  ['an instance_url', { instance_url: 'https://a.example/\0' }],
  ['a token type', { token_type: '\0' }],
  ['an id_token', { id_token: '\0.\0.\0' }],
])('an answer with %s that PostgreSQL cannot keep costs the client nothing', async (_what, extra) => {
  scene.provider.next({ status: 200, body: { access_token: 'otbcanary-odd', expires_in: 3600, ...extra } });
  const link = await scene.invite();
  expect(outcomeOf(await connect(scene, scene.browser(), link))).toBe('connected');
});
