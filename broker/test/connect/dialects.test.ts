import { outcomeOf } from './browser';
import { connectionsOf, depart, wayBack } from './journey';
import { must, setScene, type Scene } from './scene';

// Slack's way: scopes of a person under a name of their own, and the person's token in a member of the answer.
let scene: Scene;
const PERSON = {
  paramNames: { scope: 'user_scope', client_id: 'client_key' },
  answerPath: 'authed_user',
  tokenParams: { audience: 'api' },
  authStyle: 'body',
  accountFrom: 'answer',
  accountIdPath: 'team.id',
  accountLabelPath: 'team.name',
};
beforeAll(async () => {
  scene = await setScene({ service: PERSON });
});
afterAll(() => scene.close());
beforeEach(() => {
  scene.provider.reset();
});

const ANSWER = {
  ok: true,
  access_token: 'xcanaryx-bot',
  refresh_token: 'xcanaryx-bot-rt',
  team: { id: 'T-1', name: 'Acme', secret: 'xcanaryx-team' },
  authed_user: {
    id: 'U-1',
    access_token: 'at-person',
    refresh_token: 'rt-person',
    scope: 'chat:write',
    token_type: 'user',
  },
  webhook: { url: 'https://xcanaryx.example' },
};

test("the person's scopes are asked for, the person's token and the named account are kept, and nothing else", async () => {
  const link = await scene.invite();
  const browser = scene.browser();
  const departure = await depart(browser, link);
  expect(departure.request.searchParams.get('user_scope')).toBe('read write');
  expect(departure.request.searchParams.get('client_key')).toBe(scene.provider.clientId);
  expect([departure.request.searchParams.get('scope'), departure.request.searchParams.get('client_id')]).toEqual([
    null,
    null,
  ]);
  scene.provider.next({ status: 200, body: ANSWER });
  expect(outcomeOf(await browser.go(wayBack(scene, departure)))).toBe('connected');
  const [call] = scene.provider.calls;
  expect(Object.fromEntries(call?.form ?? [])).toMatchObject({ audience: 'api', client_key: scene.provider.clientId });
  const [connection] = await connectionsOf(scene, link.clientId);
  expect(connection).toMatchObject({ account: { id: 'T-1', label: 'Acme' }, scopes: ['chat:write'], renewable: true });
  const { json } = await scene.ask(`GET /v1/credentials/${link.clientId}/crm`);
  expect(json.accessToken).toBe('at-person');
  const tables = ['connections', 'token_sets', 'outbox', 'audit', 'flows', 'connect_links'];
  const rows = await Promise.all(
    tables.map(async (table) => (await scene.database.query(`select t::text from ${table} t`)).rows),
  );
  const hex = Buffer.from('xcanaryx').toString('hex');
  expect(JSON.stringify(rows) + scene.logged()).not.toMatch(new RegExp(`xcanaryx|${hex}`, 'i'));
});

test('another workspace is another account, and is held', async () => {
  const link = await scene.invite();
  scene.provider.next({ status: 200, body: ANSWER });
  const browser = scene.browser();
  expect(outcomeOf(await browser.go(wayBack(scene, await depart(browser, link))))).toBe('connected');
  const again = await must(scene.ask('POST /v1/connect-links', { body: { clientId: link.clientId, service: 'crm' } }));
  const path = new URL(String(again.url)).pathname;
  scene.provider.next({ status: 200, body: { ...ANSWER, team: { id: 'T-2', name: 'Other' } } });
  expect(outcomeOf(await browser.go(wayBack(scene, await depart(browser, { path }))))).toBe('held');
});
