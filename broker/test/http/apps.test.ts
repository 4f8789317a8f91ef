import { appContext } from '../../src/services/seal-contexts';
import { setScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
  await scene.ask('POST /v1/clients', { body: { clientId: 'acme', name: 'Acme' } });
  await scene.ask('POST /v1/services', { body: { name: 'crm', tokenUrl: 'https://crm.example/token' } });
});
afterAll(() => scene.close());

const SECRETS = ['CANARY-app-secret-1', 'CANARY-app-secret-2'];

test('client secrets are sealed and never come back', async () => {
  const { ask, database } = scene;
  const put = await ask('PUT /v1/services/crm/app', {
    body: { clientId: 'oauth-id', clientSecrets: SECRETS, scopes: 'a b' },
  });
  expect(put).toMatchObject({
    status: 200,
    json: { service: 'crm', owner: '-', clientId: 'oauth-id', secretCount: 2, scopes: ['a', 'b'], suspendedAt: null },
  });
  const read = await ask('GET /v1/services/crm');
  expect(read.json.app).toMatchObject({ clientId: 'oauth-id' });
  expect(put.text + read.text).not.toContain('CANARY');
  const { rows } = await database.query<{ sealed: string }>(
    `select encode(client_secrets_sealed, 'escape') || apps::text as sealed from apps`,
  );
  expect(rows[0]?.sealed).not.toContain('CANARY');
});

test('new secrets lift a suspension and have failed refreshes tried again', async () => {
  const { ask, database } = scene;
  const { json } = await ask('POST /v1/connections', {
    body: { clientId: 'acme', service: 'crm', accessToken: 'a', refreshToken: 'r' },
  });
  await database.query(
    `update apps set suspended_at = now(), suspended_reason = 'invalid_client', next_probe_at = now(), secret_position = 1`,
  );
  await database.query(
    `update connections set status = 'backoff', failure_count = 3, next_refresh_at = now() + interval '1 hour' where id = $1`,
    [json.id],
  );
  const put = await ask('PUT /v1/services/crm/app', { body: { clientId: 'oauth-id', clientSecrets: ['new'] } });
  expect(put.json).toMatchObject({ suspendedAt: null, suspendedReason: null, secretCount: 1, scopes: null });
  expect((await database.query('select secret_position, next_probe_at from apps')).rows).toEqual([
    { secret_position: 0, next_probe_at: null },
  ]);
  expect(
    (await database.query(`select from connections where id = $1 and next_refresh_at <= now()`, [json.id])).rowCount,
  ).toBe(1);
});

test('connections imported before their app get it; a client may have its own', async () => {
  const { ask, database } = scene;
  await ask('POST /v1/services', { body: { name: 'late', tokenUrl: 'https://late.example/token' } });
  const imported = await ask('POST /v1/connections', {
    body: { clientId: 'acme', service: 'late', refreshToken: 'r' },
  });
  expect(imported.json.renewable).toBe(false);
  await ask('PUT /v1/clients/acme/apps/late', { body: { clientId: 'own', clientSecrets: ['s'] } });
  await ask('PUT /v1/clients/-/apps/late', { body: { clientId: 'common', clientSecrets: ['s'] } });
  expect((await ask(`GET /v1/connections/${String(imported.json.id)}`)).json.renewable).toBe(true);
  const { rows } = await database.query(
    `select a.oauth_client_id, a.client_id from connections c join apps a on a.id = c.app_id where c.service = 'late'`,
  );
  expect(rows).toEqual([{ oauth_client_id: 'own', client_id: 'acme' }]);
});

test('first requests at the same moment leave one app whose secrets open', async () => {
  const { ask, database } = scene;
  await ask('POST /v1/services', { body: { name: 'race', tokenUrl: 'https://race.example/token' } });
  const put = (secret: string) =>
    ask('PUT /v1/services/race/app', { body: { clientId: 'o', clientSecrets: [secret] } });
  const answers = await Promise.all([put('1'), put('2'), put('3'), put('4')]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  interface Row {
    id: string;
    organizationId: string;
    sealed: Buffer;
  }
  const { rows } = await database.query<Row>(
    `select id, organization_id as "organizationId", client_secrets_sealed as sealed from apps where service = 'race'`,
  );
  expect(rows).toHaveLength(1);
  const [{ sealed, ...owner }] = rows as [Row];
  const context = appContext(
    { ...owner, clientId: null, service: 'race' },
    { tokenUrl: 'https://race.example/token', refreshUrl: null },
  );
  const secrets = JSON.parse(scene.broker.broker.vault.open('refresh', context, sealed).toString()) as string[];
  expect(['1', '2', '3', '4']).toContain(secrets[0]);
});

test('an app needs a service with a token URL, a known client and at least one secret', async () => {
  const { ask } = scene;
  const body = { clientId: 'o', clientSecrets: ['s'] };
  await ask('POST /v1/services', { body: { name: 'keyed', oauthType: 'api_key' } });
  expect(await ask('PUT /v1/services/keyed/app', { body })).toMatchObject({
    status: 422,
    json: { code: 'invalid_value' },
  });
  expect((await ask('PUT /v1/services/nothing/app', { body })).status).toBe(404);
  expect((await ask('PUT /v1/clients/nobody/apps/crm', { body })).status).toBe(404);
  for (const clientSecrets of [[], 's', [1], [''], ['a\nb']]) {
    expect((await ask('PUT /v1/services/crm/app', { body: { clientId: 'o', clientSecrets } })).status).toBe(400);
  }
});
