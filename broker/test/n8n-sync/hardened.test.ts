import { must } from '../revocation/scene';
import { until } from '../support/until';
import { startFaultyN8n } from './faulty-n8n';
import { setScene, type Scene } from './scene';

let scene: Scene;
beforeEach(async () => {
  scene = await setScene();
});
afterEach(() => scene.close());

const rowsByHand = (text: string, values: unknown[] = []): Promise<unknown> =>
  scene.database
    .query(text, values)
    .then(() =>
      scene.database.query('update n8n_credentials set next_attempt_at = otobot_now(), pushed_generation = null'),
    );

test("a row that somebody points to another client's connection sends nothing", async () => {
  const { id } = await scene.keep('own');
  const { connectionId: other, accessToken } = await scene.keep('others', { clientId: 'beta', type: 'otherApi' });
  await rowsByHand(`update n8n_credentials set connection_id = $2, client_id = 'beta', name = 'others' where id = $1`, [
    id,
    other,
  ]);
  await scene.work();
  expect(await scene.settledAs(id, 'failing')).toMatchObject({ lastErrorCode: 'integrity' });
  expect(scene.there(id)).toEqual([]);
  expect(JSON.stringify([...scene.n8n.kept.values()].filter(({ type }) => type !== 'otherApi'))).not.toContain(
    accessToken,
  );
});

test('nor does one that is pointed to another connection of the same client, or to another n8n', async () => {
  const { id } = await scene.keep('pointed');
  const { connectionId: other } = await scene.keep('another', { type: 'otherApi' });
  await rowsByHand('update n8n_credentials set connection_id = $2 where id = $1', [id, other]);
  await scene.work();
  expect(await scene.settledAs(id, 'failing')).toMatchObject({ lastErrorCode: 'integrity' });
  const second = await startFaultyN8n();
  const elsewhere = await scene.addInstance(second, 'second');
  const { id: moved } = await scene.keep('moved');
  await scene.settledAs(moved, 'synced');
  await rowsByHand('update n8n_credentials set instance_id = $2, remote_id = null where id = $1', [moved, elsewhere]);
  expect(await scene.settledAs(moved, 'failing', elsewhere)).toMatchObject({ lastErrorCode: 'integrity' });
  expect(second.kept.size).toBe(0);
});

test('fields, title and type that somebody wrote by SQL are not what is sent', async () => {
  const { id } = await scene.keep('fields');
  await rowsByHand(
    `update n8n_credentials set fields = '{"server":"https://evil.example"}', type = 'evilApi' where id = $1`,
    [id],
  );
  await scene.work();
  await until('it is there', () => scene.there(id).length === 1);
  expect(scene.there(id)).toMatchObject([{ type: 'crmOAuth2Api' }]);
  expect(JSON.stringify(scene.there(id))).not.toContain('evil');
});

test('at a URL that somebody rewrote the key does not open, and nothing arrives there', async () => {
  const evil = await startFaultyN8n();
  const { id } = await scene.keep('rewritten');
  await rowsByHand('update n8n_instances set url = $1', [evil.url]);
  await scene.work();
  expect(await scene.settledAs(id, 'failing')).toMatchObject({ lastErrorCode: 'integrity' });
  expect(evil.calls).toEqual([]);
  await evil.close();
});

test('while refreshing is paused nothing is put anywhere: a copy must not write into the n8n of its original', async () => {
  const pause = (at: string, reason: string) =>
    scene.database.query(`update installation set refreshing_paused_at = ${at}, refreshing_paused_reason = ${reason}`);
  await pause('otobot_now()', `'a copy'`);
  const { id } = await scene.keep('paused');
  const before = scene.n8n.calls.length;
  await scene.work();
  await until('the worker has looked at it', async () => {
    const { rows } = await scene.database.query<{ seen: number | null }>(
      'select seen_version as seen from n8n_credentials where id = $1',
      [id],
    );
    return rows[0]?.seen !== null;
  });
  expect(scene.n8n.calls.length).toBe(before);
  await pause('null', 'null');
  await scene.settledAs(id, 'synced');
});

test('nothing is sent that cannot be audited', async () => {
  await scene.work();
  const { id } = await scene.keep('audited');
  await scene.settledAs(id, 'synced');
  await scene.database.query(`revoke insert on audit from otobot_audit`);
  await rowsByHand('select 1');
  await until('it could not be pushed', async () => (await statusInRow(id)) === 'audit_unavailable');
  const pushes = scene.n8n.calls.filter((call) => !call.startsWith('GET'));
  expect(pushes).toEqual(['POST /credentials']);
});

const statusInRow = async (id: string): Promise<string | null | undefined> => {
  const { rows } = await scene.database.query<{ code: string | null }>(
    'select last_error_code as code from n8n_credentials where id = $1',
    [id],
  );
  return rows[0]?.code;
};

test('a token that ends soon is refreshed, and its successor put there, before it does', async () => {
  await scene.work();
  const { id, connectionId, accessToken } = await scene.keep('ending');
  await scene.settledAs(id, 'synced');
  await scene.database.query(
    `update connections set next_refresh_at = otobot_now() + interval '1 hour' where id = $1`,
    [connectionId],
  );
  await scene.database.query(
    `update token_sets set expires_at = otobot_now() + interval '4 minutes' where connection_id = $1`,
    [connectionId],
  );
  await scene.database.query('update n8n_credentials set next_attempt_at = otobot_now()');
  await until('a newer token is there', () => {
    const token = scene.there(id)[0]?.data.oauthTokenData.access_token;
    return token !== undefined && token !== accessToken;
  });
});

test('a key that is limited to a client sees and orders for that client alone', async () => {
  const { id } = await scene.keep('mine');
  await scene.keep('theirs', { clientId: 'beta' });
  const { key } = await scene.mint({ scopes: ['n8n-sync:write'], clientIds: ['acme'] });
  const path = `/v1/n8n-instances/${scene.instance}/credentials`;
  const { items } = await must(scene.ask(`GET ${path}`, { key }));
  expect(items).toMatchObject([{ id, clientId: 'acme' }]);
  const body = { clientId: 'beta', service: 'crm', name: 'theirs', type: 'crmOAuth2Api' };
  expect(await scene.ask(`POST ${path}`, { key, body })).toMatchObject({ status: 403 });
  expect(await scene.ask('GET /v1/n8n-instances', { key })).toMatchObject({ status: 403 });
});

test.each(['clientId', 'clientSecret', 'oauthTokenData', '__proto__', 'a b'])(
  'a field called %s is refused',
  async (field) => {
    const { connectionId } = await scene.keep('fielded');
    expect(connectionId).toBeDefined();
    const body = `{"clientId":"acme","service":"crm","name":"fielded","type":"crmOAuth2Api","fields":{"${field}":"x"}}`;
    const response = await fetch(`${scene.broker.url}/v1/n8n-instances/${scene.instance}/credentials`, {
      method: 'POST',
      headers: { authorization: `Bearer ${scene.key}`, 'content-type': 'application/json' },
      body,
    });
    expect(response.status).toBe(400);
  },
);
