import { must } from '../revocation/scene';
import { until } from '../support/until';
import { setScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
  await scene.work();
});
afterAll(() => scene.close());

const tokenOf = (id: string): unknown => scene.there(id)[0]?.data.oauthTokenData.access_token;
const audited = async (connectionId: string): Promise<Record<string, unknown>[]> => {
  const rows = await scene.database.query(
    `select code, actor, generation, detail from audit where action = 'credential.pushed' and connection_id = $1 order by occurred_at, sequence`,
    [connectionId],
  );
  return rows.rows;
};

test('a token stands in n8n without a refresh token, and was audited before', async () => {
  const { id, connectionId, accessToken } = await scene.keep('whole');
  const shown = await scene.settledAs(id, 'synced');
  const [kept, ...more] = scene.there(id);
  expect(more).toEqual([]);
  expect(kept).toMatchObject({ id: shown.remoteId, name: shown.title, type: 'crmOAuth2Api' });
  expect(kept?.data.oauthTokenData).toMatchObject({ access_token: accessToken, token_type: 'Bearer' });
  expect(JSON.stringify(kept)).not.toMatch(/refresh/i);
  expect(await audited(connectionId)).toMatchObject([
    { code: 'released', actor: 'n8n-sync', generation: 1, detail: { instance: 'main', type: 'crmOAuth2Api' } },
  ]);
});

test('a refreshed token follows at once, under the same id', async () => {
  const { id, connectionId } = await scene.keep('refreshed');
  const before = await scene.settledAs(id, 'synced');
  for (const refreshes of [1, 2]) {
    const standing = tokenOf(id);
    expect(await must(scene.ask(`POST /v1/connections/${connectionId}/refresh`))).toMatchObject({
      refreshOutcome: 'refreshed',
    });
    await until(`the token of refresh ${refreshes} stands in n8n`, () => tokenOf(id) !== standing);
  }
  const after = await scene.settledAs(id, 'synced');
  expect(after.remoteId).toBe(before.remoteId);
  expect(scene.there(id)).toHaveLength(1);
  expect(await audited(connectionId)).toHaveLength(3);
});

test('ordered twice, it is one credential', async () => {
  const { id } = await scene.keep('twice');
  await scene.settledAs(id, 'synced');
  const body = { clientId: 'acme', service: 'crm', name: 'twice', type: 'crmOAuth2Api', fields: { subdomain: 'acme' } };
  expect(await must(scene.ask(`POST /v1/n8n-instances/${scene.instance}/credentials`, { body }))).toMatchObject({ id });
  await until('the new field is there', () => scene.there(id)[0]?.data.subdomain === 'acme');
  expect(scene.there(id)).toHaveLength(1);
});

test.each([
  ['a client', () => 'POST /v1/clients/beta/suspend', () => 'POST /v1/clients/beta/resume'],
  ['a service', () => 'POST /v1/services/crm/suspend', () => 'POST /v1/services/crm/resume'],
  [
    'a connection',
    (id: string) => `POST /v1/connections/${id}/disable`,
    (id: string) => `POST /v1/connections/${id}/enable`,
  ],
])('what is stopped for %s is taken away in n8n, and comes back with it', async (what, stop, resume) => {
  const { id, connectionId } = await scene.keep(what.replaceAll(' ', '-'), { clientId: 'beta' });
  await scene.settledAs(id, 'synced');
  await must(scene.ask(stop(connectionId)));
  await scene.settledAs(id, 'stopped');
  expect(scene.there(id)).toEqual([]);
  await must(scene.ask(resume(connectionId)));
  await scene.settledAs(id, 'synced');
  expect(scene.there(id)).toHaveLength(1);
});

test('an organization that is suspended has nothing left in n8n', async () => {
  const { id } = await scene.keep('organization');
  await scene.settledAs(id, 'synced');
  const suspend = (at: string) =>
    scene.database.query(`update organizations set suspended_at = ${at} where name = 'default'`);
  await suspend('now()');
  await until('nothing is there', () => scene.there(id).length === 0);
  await suspend('null');
  await scene.settledAs(id, 'synced');
});

test('a connection that is deleted takes its credential in n8n with it', async () => {
  const { id, connectionId } = await scene.keep('deleted');
  await scene.settledAs(id, 'synced');
  await scene.remove(connectionId);
  await until('it is forgotten', async () => (await scene.statusOf(id)) === undefined);
  expect(scene.there(id)).toEqual([]);
});

test('a credential that is removed is taken away in n8n, then forgotten', async () => {
  const { id } = await scene.keep('removed');
  await scene.settledAs(id, 'synced');
  await must(scene.ask(`DELETE /v1/n8n-instances/${scene.instance}/credentials/${id}`));
  await until('it is forgotten', async () => (await scene.statusOf(id)) === undefined);
  expect(scene.there(id)).toEqual([]);
});

describe('what is not an OAuth token', () => {
  const order = (service: string, more: object = {}) =>
    scene.ask(`POST /v1/n8n-instances/${scene.instance}/credentials`, { body: { clientId: 'acme', service, ...more } });
  const kept = async (service: string, more: object = {}) => {
    const { id } = await must(order(service, more));
    await scene.settledAs(String(id), 'synced');
    return scene.there(String(id))[0];
  };
  beforeAll(async () => {
    for (const [name, oauthType, secrets] of [
      ['openai', 'api_key', { apiKey: 'sk-of-acme' }],
      ['intranet', 'basic', { username: 'anna', password: 'of-anna' }],
    ] as const) {
      await must(scene.ask('POST /v1/services', { body: { name, oauthType } }));
      await must(scene.ask('POST /v1/connections', { body: { clientId: 'acme', service: name, ...secrets } }));
    }
  });

  test('a key stands in the field that its type has for it, and the type need not be named where there is one', async () => {
    expect(await kept('openai')).toMatchObject({ type: 'openAiApi', data: { apiKey: 'sk-of-acme' } });
    expect(await kept('openai', { type: 'httpHeaderAuth', fields: { name: 'X-Api-Key' } })).toMatchObject({
      data: { name: 'X-Api-Key', value: 'sk-of-acme' },
    });
  });

  test("the organization's own key is kept like a client's", async () => {
    await must(scene.ask('POST /v1/connections', { body: { clientId: '-', service: 'openai', apiKey: 'sk-of-us' } }));
    expect(await kept('openai', { clientId: '-' })).toMatchObject({ data: { apiKey: 'sk-of-us' } });
  });

  test('user name and password stand there as basic authentication', async () => {
    expect(await kept('intranet', { type: 'httpBasicAuth' })).toMatchObject({
      data: { user: 'anna', password: 'of-anna' },
    });
  });

  test.each([
    [
      'openai',
      { type: 'hubspotOAuth2Api' },
      /does not hold what a connection of kind api_key has; for example openAiApi/,
    ],
    ['intranet', { type: 'openAiApi' }, /for example httpBasicAuth/],
    ['intranet', {}, /name the credential type/],
  ])('%s with %o is refused, and told what there is', async (service, more, detail) => {
    expect(await order(service, more)).toMatchObject({
      status: 422,
      json: { detail: expect.stringMatching(detail) as string },
    });
  });
});
