import { must, setScene, type Connected, type Scene } from '../revocation/scene';
import { until } from '../support/until';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());
afterEach(async () => {
  await scene.rest();
  for (const service of ['crm', 'plain']) await must(scene.ask(`POST /v1/services/${service}/resume`));
  for (const table of ['connections', 'revocations', 'revocation_orders'])
    await scene.database.query(`delete from ${table}`);
  scene.provider.reset();
});

const order = async (path: string): Promise<Record<string, unknown>> =>
  (await must(scene.ask(`GET ${path}`))).revocationOrder as Record<string, unknown>;
const carriedOut = (path: string): Promise<unknown> =>
  until('the order is carried out', async () => {
    const { endedAt, waiting } = await order(path);
    return endedAt !== null && waiting === 0;
  });
const isLive = ({ issued }: Connected): boolean => scene.provider.isLive(issued.refreshToken);

test('a service that is suspended with --revoke gives up every consent, also where accounts are not known', async () => {
  // Without an account each might be of the same consent as the others: that must not make them spare each other.
  const connected = [
    await scene.connect('one'),
    await scene.connect('two', { clientId: 'beta' }),
    await scene.connect('three', { account: 'ann' }),
    await scene.connect('four', { account: 'ann', clientId: 'beta' }),
  ];
  const answer = await must(scene.ask('POST /v1/services/crm/suspend', { body: { revoke: true, reason: 'breach' } }));
  expect(answer).toMatchObject({
    stopping: { connections: 4, clients: 2 },
    revocationOrder: { endedAt: null, connections: 0, waiting: 0 },
  });
  await scene.work();
  await carriedOut('/v1/services/crm');
  expect(await order('/v1/services/crm')).toMatchObject({ connections: 4, revoked: 4, notRevoked: 0 });
  expect(connected.map(isLive)).toEqual([false, false, false, false]);
  const { rows } = await scene.database.query(
    'select distinct status, status_reason, next_refresh_at from connections',
  );
  expect(rows).toEqual([{ status: 'reauth_required', status_reason: 'revoked', next_refresh_at: null }]);
  expect((await scene.database.query('select from token_sets')).rowCount).toBe(0);

  await must(scene.ask('POST /v1/services/crm/resume'));
  const read = await scene.ask('GET /v1/credentials/acme/crm?name=one');
  expect(read.json).toMatchObject({
    code: 'reauth_required',
    reason: 'revoked',
  });
});

test('a client gives up his own consents, and nobody else loses his', async () => {
  const his = await scene.connect('his', { account: 'ann' });
  const shared = await scene.connect('shared', { account: 'bob' });
  const hers = await scene.connect('hers', { account: 'bob', clientId: 'beta' });
  const plain = await scene.connect('plain', { service: 'plain' });
  await must(scene.ask('POST /v1/clients/acme/suspend', { body: { revoke: true } }));
  await scene.work();
  await carriedOut('/v1/clients/acme');
  expect([his, shared, hers, plain].map(isLive)).toEqual([false, true, true, true]);
  expect(await order('/v1/clients/acme')).toMatchObject({ connections: 1, revoked: 1 });
  await must(scene.ask('POST /v1/clients/acme/resume'));
  // What could not be revoked was not thrown away either.
  for (const path of ['acme/crm?name=shared', 'acme/plain?name=plain', 'beta/crm?name=hers'])
    expect((await scene.ask(`GET /v1/credentials/${path}`)).status).toBe(200);
});

test('the operator gives up a shared service for all organizations, but not what one of its own shadows', async () => {
  const { ask, otherKey: key } = scene;
  const { clientId, clientSecrets, tokenUrl, revocationUrl } = scene.provider;
  await must(ask('POST /v1/clients', { key, body: { clientId: 'theirs', name: 'T' } }));
  await must(ask('PUT /v1/services/crm/app', { key, body: { clientId, clientSecrets } }));
  const theirs = await scene.connect('theirs', { clientId: 'theirs', key });
  await must(ask('POST /v1/services/crm/suspend', { body: { revoke: true } }));
  await scene.work();
  const ordered = async () =>
    (await must(ask('GET /v1/services/crm', { key }))).revocationOrder as Record<string, unknown>;
  await until('it is carried out there', async () => (await ordered()).revoked === 1);
  expect(isLive(theirs)).toBe(false);
  await scene.rest();

  await must(ask('POST /v1/services/crm/resume'));
  await must(ask('POST /v1/services', { key, body: { name: 'crm', tokenUrl, revocationUrl } }));
  const shadowed = await scene.connect('shadowed', { clientId: 'theirs', key, account: 'tim' });
  const own = await scene.connect('own', { account: 'ann' });
  await must(ask('POST /v1/services/crm/suspend', { body: { revoke: true } }));
  await scene.work();
  await carriedOut('/v1/services/crm');
  expect([shadowed, own].map(isLive)).toEqual([true, false]);
  await must(ask('DELETE /v1/clients/theirs', { key }));
});

test('resuming ends an order that nobody has carried out yet, and imports wait for its end', async () => {
  const { issued } = await scene.connect('kept');
  await must(scene.ask('POST /v1/services/crm/suspend', { body: { revoke: true } }));
  const body = { clientId: 'acme', service: 'crm', name: 'late', accessToken: 'a' };
  expect((await scene.ask('POST /v1/connections', { body })).json).toMatchObject({ code: 'conflict' });
  await must(scene.ask('POST /v1/services/crm/resume'));
  await scene.work();
  expect((await scene.ask('POST /v1/connections', { body })).status).toBe(201);
  expect(await order('/v1/services/crm')).toMatchObject({ endedAt: expect.any(String) as string, connections: 0 });
  expect(scene.provider.isLive(issued.refreshToken)).toBe(true);
});

test('a dry run orders nothing', async () => {
  await scene.connect('kept');
  const answer = await must(scene.ask('POST /v1/services/crm/suspend', { body: { revoke: true, dryRun: true } }));
  expect(answer).toMatchObject({ suspendedAt: null, revocationOrder: null, stopping: { connections: 1 } });
});

test('a refresh that is under way is waited for, and what it brings is revoked', async () => {
  const { id, issued } = await scene.connect('busy', { account: 'ann' });
  scene.provider.next({ delayMs: 2_500 });
  await scene.work();
  await scene.database.query('update connections set next_refresh_at = otobot_now() where id = $1', [id]);
  await scene.provider.received(1);
  await must(scene.ask('POST /v1/services/crm/suspend', { body: { revoke: true } }));
  await carriedOut('/v1/services/crm');
  expect(scene.provider.isLive(issued.refreshToken)).toBe(false);
  expect((await scene.database.query('select from token_sets')).rowCount).toBe(0);
});

test('an order over many connections is carried out in short statements, and by the next worker where one dies', async () => {
  const { id } = await scene.connect('first', { account: 'a0' });
  await scene.database.query(
    `with made as (
       insert into connections (organization_id, client_id, service, name, kind, app_id, generation, account_id)
       select organization_id, client_id, service, 'n' || n, kind, app_id, generation, 'a' || n
         from connections, generate_series(1, 450) n where id = $1 returning id, organization_id)
     insert into token_sets (organization_id, connection_id, generation, kind, refresh_sealed, refresh_key_version)
     select made.organization_id, made.id, t.generation, 'current', t.refresh_sealed, t.refresh_key_version
       from made, token_sets t where t.connection_id = $1`,
    [id],
  );
  await must(scene.ask('POST /v1/services/crm/suspend', { body: { revoke: true } }));
  await scene.work();
  await until('some are done', async () => Number((await order('/v1/services/crm')).connections) > 0);
  await scene.rest();
  await scene.work();
  await until('all are handed on', async () => (await order('/v1/services/crm')).endedAt !== null);
  expect(await order('/v1/services/crm')).toMatchObject({ connections: 451 });
  expect((await scene.database.query('select from token_sets')).rowCount).toBe(0);
});
