import { outcomeOf } from './browser';
import { connect, connectionsOf, depart, statusOf, wayBack } from './journey';
import { must, setScene, type Invited, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());
beforeEach(() => {
  scene.provider.reset();
});

const states: [what: string, outcome: string, status: number, change: (link: Invited) => Promise<unknown>][] = [
  ['used', 'link_used', 410, (link) => connect(scene, scene.browser(), link)],
  ['revoked', 'link_revoked', 410, ({ id }) => scene.ask(`DELETE /v1/connect-links/${id}`)],
  [
    'expired',
    'link_expired',
    410,
    ({ id }) => scene.database.query(`update connect_links set expires_at = otobot_now() where id = $1`, [id]),
  ],
  [
    'of a suspended client',
    'client_suspended',
    403,
    ({ clientId }) => scene.ask(`POST /v1/clients/${clientId}/suspend`),
  ],
  ['of a deleted client', 'link_unknown', 404, ({ clientId }) => scene.ask(`DELETE /v1/clients/${clientId}`)],
];

describe.each(states)('a link %s', (what, outcome, status, change) => {
  test('is told so by a page, on opening and on pressing the button, and starts nothing', async () => {
    const link = await scene.invite();
    await change(link);
    const browser = scene.browser();
    scene.provider.calls.length = 0;
    for (const seen of [await browser.go(link.path), await browser.submit(link.path)]) {
      expect([seen.status, outcomeOf(seen), seen.leadsTo]).toEqual([status, outcome, null]);
      expect(seen.headers.get('content-type')).toMatch(/^text\/html/);
    }
    expect(browser.cookiesSet).toEqual([]);
  });

  test('cannot be finished by who had started before, and makes no token call', async () => {
    const link = await scene.invite();
    const browser = scene.browser();
    const back = wayBack(scene, await depart(browser, link));
    await change(link);
    scene.provider.calls.length = 0;
    const seen = await browser.go(back);
    const gone = what === 'of a deleted client';
    expect([seen.status, outcomeOf(seen)]).toEqual(gone ? [400, 'state_unknown'] : [status, outcome]);
    expect(scene.provider.calls).toEqual([]);
  });
});

test.each([
  ['organization', `update organizations set suspended_at = now() where name = 'default'`],
  ['service', `update services set suspended_at = now() where name = 'crm'`],
])('while its %s is suspended a link connects nothing, and afterwards it does', async (table, suspend) => {
  const link = await scene.invite();
  const browser = scene.browser();
  const back = wayBack(scene, await depart(browser, link));
  await scene.database.query(suspend);
  const pages = [await browser.go(link.path), await browser.submit(link.path), await browser.go(back)];
  await scene.database.query(`update ${table}s set suspended_at = null`);
  expect(pages.map((seen) => [seen.status, outcomeOf(seen)])).toEqual(Array(3).fill([403, 'client_suspended']));
  expect(scene.provider.calls).toEqual([]);
  expect(outcomeOf(await browser.go(back))).toBe('connected');
});

test('while the provider refuses every secret of its app nobody is sent there, and afterwards he is', async () => {
  const link = await scene.invite();
  const browser = scene.browser();
  const back = wayBack(scene, await depart(browser, link));
  await scene.database.query('update apps set suspended_at = now()');
  const pages = [await browser.go(link.path), await browser.submit(link.path), await browser.go(back)];
  await scene.database.query('update apps set suspended_at = null');
  expect(pages.map((seen) => [seen.status, outcomeOf(seen)])).toEqual(Array(3).fill([503, 'not_configured']));
  expect(scene.provider.calls).toEqual([]);
  expect(outcomeOf(await browser.go(back))).toBe('connected');
});

test.each(['AAAA', 'x'.repeat(54), 'x'.repeat(5_000), '%00', '..%2f..', '%F0%9F', "'%20or%201=1--"])(
  'the link %s leads nowhere, and tells nobody’s name',
  async (token) => {
    for (const seen of [
      await scene.browser().go(`/connect/${token}`),
      await scene.browser().submit(`/connect/${token}`),
    ]) {
      expect([seen.status, outcomeOf(seen)]).toEqual([404, 'link_unknown']);
      expect(seen.html).not.toContain('Default');
    }
  },
);

test('a link with one character changed leads nowhere', async () => {
  const { token } = await scene.invite();
  const wrong = [0, 20, 30, 53].map((at) => token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1));
  for (const one of wrong) {
    const seen = await scene.browser().go(`/connect/${one}`);
    expect([seen.status, outcomeOf(seen)]).toEqual([404, 'link_unknown']);
  }
});

test('the list shows links without what opens them, by status; a key that is limited sees its own', async () => {
  const link = await scene.invite({ reason: 'Because' });
  const { text } = await scene.ask('GET /v1/connect-links?limit=500');
  expect(text).toContain(link.id);
  for (const secret of [link.token, link.token.slice(22), 'token']) expect(text).not.toContain(secret);
  const { key } = await scene.mint({ scopes: ['connect:write'], clientIds: [link.clientId] });
  const { items } = (await scene.ask('GET /v1/connect-links', { key })).json as { items: { clientId: string }[] };
  expect(items.map(({ clientId }) => clientId)).toEqual([link.clientId]);
});

test("another organization's link is not found, whatever is done to it; and it still works", async () => {
  const link = await scene.invite();
  const { otherKey: key } = scene;
  expect(await scene.ask(`DELETE /v1/connect-links/${link.id}`, { key })).toMatchObject({
    status: 404,
    json: { code: 'not_found' },
  });
  expect((await scene.ask('GET /v1/connect-links', { key })).json.items).toEqual([]);
  const body = { clientId: link.clientId, service: 'crm' };
  expect((await scene.ask('POST /v1/connect-links', { key, body })).status).toBe(404);
  expect(outcomeOf(await connect(scene, scene.browser(), link))).toBe('connected');
});

test('links that would lead nowhere are not made', async () => {
  const { clientId } = await scene.invite();
  await must(scene.ask('POST /v1/services', { body: { name: 'bare', tokenUrl: 'https://bare.example/token' } }));
  await must(
    scene.ask('POST /v1/services', {
      body: { name: 'machine', oauthType: 'client_credentials', tokenUrl: 'https://m.example/t' },
    }),
  );
  const ask = async (body: object): Promise<number> => (await scene.ask('POST /v1/connect-links', { body })).status;
  expect(await ask({ clientId, service: 'bare' })).toBe(422);
  expect(await ask({ clientId, service: 'machine' })).toBe(422);
  expect(await ask({ clientId, service: 'nothing' })).toBe(404);
  expect(await ask({ clientId: 'nobody', service: 'crm' })).toBe(404);
  for (const expiresIn of [0, 59, -1, 1e12, 1.5, '3600'])
    expect([expiresIn, await ask({ clientId, service: 'crm', expiresIn })]).toEqual([expiresIn, 400]);
  expect(await ask({ clientId, service: 'crm', admin: true })).toBe(400);
});

test('revoking twice is fine, and a used link stays used', async () => {
  const link = await scene.invite();
  for (let times = 0; times < 2; times += 1)
    expect((await scene.ask(`DELETE /v1/connect-links/${link.id}`)).status).toBe(204);
  const used = await scene.invite();
  await connect(scene, scene.browser(), used);
  await scene.ask(`DELETE /v1/connect-links/${used.id}`);
  expect([await statusOf(scene, link), await statusOf(scene, used)]).toEqual(['revoked', 'used']);
  expect(await connectionsOf(scene, used.clientId)).toHaveLength(1);
});
