import { outcomeOf } from './browser';
import { connect, connectionsOf } from './journey';
import { must, PUBLIC_URL, setScene, type Scene } from './scene';
import { connectionOf, linkAgain, served } from './signing-in';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
  for (const body of [
    { name: 'keyed', displayName: 'Keyed', oauthType: 'api_key' },
    { name: 'bare', tokenUrl: 'https://bare.example/token' },
    { name: 'machine', oauthType: 'client_credentials', tokenUrl: 'https://m.example/token' },
    { name: 'appless', tokenUrl: 'https://a.example/token', authorizationUrl: 'https://a.example/authorize' },
  ])
    await must(scene.ask('POST /v1/services', { body }));
});
afterAll(() => scene.close());
beforeEach(() => {
  scene.provider.reset();
});

const newClient = async (): Promise<string> => (await scene.invite()).clientId;
const refusal = async (clientId: string, service = 'crm', options = {}) => {
  const { status, json } = await scene.ask(`GET /v1/credentials/${clientId}/${service}`, options);
  expect([status, json.code]).toEqual([409, 'reauth_required']);
  return json;
};
const pathOf = ({ connectUrl }: Record<string, unknown>): string => {
  expect(connectUrl).toMatch(new RegExp(`^${PUBLIC_URL}/connect/[\\w-]{54}$`));
  return new URL(String(connectUrl)).pathname;
};
const die = (connectionId: unknown, reason = 'revoked') =>
  scene.database
    .query(
      `update connections set status = 'reauth_required', status_reason = $2, next_refresh_at = null where id = $1`,
      [connectionId, reason],
    )
    .then(() =>
      scene.database.query(`update token_sets set expires_at = otobot_now() where connection_id = $1`, [connectionId]),
    );
const automaticLinksOf = async (clientId: string): Promise<number> =>
  (await scene.database.query('select from connect_links where automatic and client_id = $1', [clientId])).rowCount ??
  0;

test('who was never connected gets a link with the refusal, by both reading routes, and it works', async () => {
  const clientId = await newClient();
  const json = await refusal(clientId);
  expect(json).toMatchObject({
    reason: 'never_connected',
    detail: expect.stringContaining(String(json.connectUrl)) as string,
  });
  const { rows } = await scene.database.query('select name from clients where client_id = $1', [clientId]);
  const service = await scene.ask('GET /v1/services/crm');
  expect(json).toMatchObject({ clientName: rows[0]?.name as string, serviceName: service.json.displayName });
  const granted = await scene.ask('POST /v1/grants', { body: { clientId, service: 'crm' } });
  expect(granted.json.connectUrl).toBe(json.connectUrl);
  expect(outcomeOf(await connect(scene, scene.browser(), { path: pathOf(json) }))).toBe('connected');
  expect((await scene.ask(`GET /v1/credentials/${clientId}/crm`)).status).toBe(200);
});

test('twenty readers at once are given the same link, which is made once', async () => {
  const clientId = await newClient();
  const reading = () => Promise.all(Array.from({ length: 20 }, () => refusal(clientId)));
  const urls = (await scene.together('connect_links', 5, reading)).map(pathOf);
  expect(new Set(urls).size).toBe(1);
  expect(pathOf(await refusal(clientId))).toBe(urls[0]);
  expect(await automaticLinksOf(clientId)).toBe(1);
});

test('two brokers give the same link', async () => {
  const clientId = await newClient();
  const twin = await scene.another({});
  const asked = { headers: { authorization: `Bearer ${scene.key}` } };
  const { connectUrl } = (await (await fetch(`${twin.url}/v1/credentials/${clientId}/crm`, asked)).json()) as {
    connectUrl: string;
  };
  expect(pathOf(await refusal(clientId))).toBe(new URL(connectUrl).pathname);
});

test('reconnected, the connection keeps its id; and dead again, it gets another link', async () => {
  const link = await scene.invite();
  await connect(scene, scene.browser(), link);
  const { id } = await connectionOf(scene, link);
  await die(id);
  const first = await refusal(link.clientId);
  expect(first.reason).toBe('revoked');
  expect((await scene.browser().go(pathOf(first))).status).toBe(200);
  expect(outcomeOf(await connect(scene, scene.browser(), { path: pathOf(first) }))).toBe('connected');
  expect(await served(scene, link)).toMatchObject({ connectionId: id, generation: 2, status: 'active' });
  await die(id);
  const second = await refusal(link.clientId);
  expect(pathOf(second)).not.toBe(pathOf(first));
  expect(outcomeOf(await scene.browser().go(pathOf(first)))).toBe('link_used');
  expect(outcomeOf(await connect(scene, scene.browser(), { path: pathOf(second) }))).toBe('connected');
  expect(await connectionsOf(scene, link.clientId)).toMatchObject([{ id, generation: 3 }]);
});

test('a link that was made for older tokens is not given again, even where nobody has used it', async () => {
  const link = await scene.invite();
  await connect(scene, scene.browser(), link);
  const { id } = await connectionOf(scene, link);
  await die(id);
  const first = await refusal(link.clientId);
  await connect(scene, scene.browser(), await linkAgain(scene, link));
  await die(id);
  expect(pathOf(await refusal(link.clientId))).not.toBe(pathOf(first));
});

test('connections of other names have links of their own', async () => {
  const clientId = await newClient();
  const named = await scene.ask(`GET /v1/credentials/${clientId}/crm?name=second`);
  expect(pathOf(named.json)).not.toBe(pathOf(await refusal(clientId)));
  await connect(scene, scene.browser(), { path: pathOf(named.json) });
  expect(await connectionsOf(scene, clientId)).toMatchObject([{ name: 'second' }]);
});

test('a link that was revoked, or ends within a day, is replaced by a new one', async () => {
  const clientId = await newClient();
  const first = pathOf(await refusal(clientId));
  const { rows } = await scene.database.query<{ id: string }>(
    'select id from connect_links where automatic and client_id = $1',
    [clientId],
  );
  await must(scene.ask(`DELETE /v1/connect-links/${rows[0]?.id ?? ''}`));
  const second = pathOf(await refusal(clientId));
  await scene.database.query(
    `update connect_links set expires_at = otobot_now() + interval '23 hours' where automatic and client_id = $1`,
    [clientId],
  );
  const third = pathOf(await refusal(clientId));
  expect(new Set([first, second, third]).size).toBe(3);
  expect(outcomeOf(await connect(scene, scene.browser(), { path: second }))).toBe('connected');
});

test('a service with API keys gets a link to its form', async () => {
  const clientId = await newClient();
  const seen = await scene.browser().submit(pathOf(await refusal(clientId, 'keyed')), { apiKey: 'otbcanary-k' });
  expect(outcomeOf(seen)).toBe('connected');
});

test.each(['bare', 'machine', 'appless'])(
  'a refusal for %s, which nobody can connect by a link, carries none',
  async (service) => {
    const json = await refusal(await newClient(), service);
    expect(json).not.toHaveProperty('connectUrl');
    expect(json.detail).not.toContain('/connect/');
  },
);

test('a key that may not make links is given none, and none is made for it', async () => {
  const clientId = await newClient();
  const { key } = await scene.mint({ scopes: ['credentials:read'] });
  expect(await refusal(clientId, 'crm', { key })).not.toHaveProperty('connectUrl');
  expect(await automaticLinksOf(clientId)).toBe(0);
});

test('a key for another client is given none, and none is made', async () => {
  const clientId = await newClient();
  const { key } = await scene.mint({ preset: 'n8n', clientIds: ['client-1'] });
  const { status, text } = await scene.ask(`GET /v1/credentials/${clientId}/crm`, { key });
  expect([status, text.includes('/connect/'), await automaticLinksOf(clientId)]).toEqual([403, false, 0]);
});

test('what an operator has disabled, a client cannot bring back by a link', async () => {
  const link = await scene.invite();
  await connect(scene, scene.browser(), link);
  const { id } = await connectionOf(scene, link);
  await must(scene.ask(`POST /v1/connections/${String(id)}/disable`));
  expect(await refusal(link.clientId)).not.toHaveProperty('connectUrl');
});
