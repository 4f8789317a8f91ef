import { connectDatabase, type Database } from '../../src/db/database';
import { operatorCaller } from '../../src/services/access/operator';
import { createOrganizations, type Organizations } from '../../src/services/organizations';
import { must, setScene, type Scene } from '../revocation/scene';
import { call, silent, startBroker, type TestBroker } from '../support/broker';
import { until } from '../support/until';

let scene: Scene;
let second: TestBroker;
let owner: Database;
let organizations: Organizations;
beforeAll(async () => {
  scene = await setScene();
  second = await startBroker(scene.database, { roots: scene.roots });
  owner = connectDatabase({ url: scene.database.url, role: null, max: 1, log: silent });
  organizations = createOrganizations({ owner, authorize: scene.broker.broker.authorize });
});
afterAll(async () => {
  await owner.close();
  await second.close();
  await scene.close();
});

const atTheMachine = operatorCaller('default');
const grant = (clientId: string, name: string, workflowId: string) =>
  scene.ask('POST /v1/grants', { body: { clientId, service: 'crm', name, workflowId } });

/** In both processes, which have answered before and remember. */
const readEverywhere = (key: string, path: string) =>
  Promise.all(
    [scene.broker.url, second.url].map(async (url) => (await call(url + path, { key })).json.code ?? 'served'),
  );

test('whoever throws the switch of a client is told what stops: connections, and workflows by the audit', async () => {
  await scene.connect('one');
  await scene.connect('two');
  for (const workflowId of ['w1', 'w1', 'w2']) expect((await grant('acme', 'one', workflowId)).status).toBe(200);
  const stopping = {
    ...{ organizations: 1, clients: 1, connections: 2 },
    workflows: [
      { workflowId: 'w1', count: 2, lastAt: expect.any(String) as string },
      { workflowId: 'w2', count: 1, lastAt: expect.any(String) as string },
    ],
  };

  const look = await scene.ask('POST /v1/clients/acme/suspend', { body: { dryRun: true, reason: 'looking' } });
  expect(look.json).toMatchObject({ clientId: 'acme', suspendedAt: null, suspendedReason: null, stopping });
  expect((await grant('acme', 'one', 'w1')).status).toBe(200);

  const reason = 'laptop stolen';
  const done = await scene.ask('POST /v1/clients/acme/suspend', { body: { reason } });
  expect(done.json).toMatchObject({
    suspendedAt: expect.any(String) as string,
    suspendedReason: reason,
    stopping: { connections: 2 },
  });
  expect((await grant('acme', 'one', 'w1')).json.code).toBe('client_suspended');
  expect((await scene.ask('GET /v1/clients/acme')).json).toMatchObject({
    suspendedReason: reason,
    revocationOrder: null,
  });
  const again = await scene.ask('POST /v1/clients/acme/suspend');
  expect(again.json).toMatchObject({ suspendedAt: done.json.suspendedAt, suspendedReason: reason });

  expect((await scene.ask('POST /v1/clients/acme/resume')).json).toMatchObject({
    suspendedAt: null,
    suspendedReason: null,
  });
  expect((await grant('acme', 'one', 'w1')).status).toBe(200);
  const { rows } = await scene.database.query(
    `select action, detail from audit where action like 'client.suspend%' order by sequence`,
  );
  expect(rows).toEqual([
    { action: 'client.suspend.preview', detail: { reason: 'looking' } },
    { action: 'client.suspend', detail: { reason } },
    { action: 'client.suspend', detail: {} },
  ]);
});

test('the operator who stops a shared service is told how many organizations it stops, and sees no workflow of another', async () => {
  const { ask, otherKey: key } = scene;
  await must(ask('POST /v1/clients', { key, body: { clientId: 'theirs', name: 'T' } }));
  const { clientId, clientSecrets } = scene.provider;
  await must(ask('PUT /v1/services/crm/app', { key, body: { clientId, clientSecrets } }));
  await scene.connect('theirs', { clientId: 'theirs', key });
  const body = { clientId: 'theirs', service: 'crm', name: 'theirs', workflowId: 'their-workflow' };
  await must(ask('POST /v1/grants', { key, body }));

  const { json, text } = await ask('POST /v1/services/crm/suspend', { body: { reason: 'breach' } });
  expect(json).toMatchObject({ suspendedReason: 'breach', stopping: { organizations: 2, clients: 2, connections: 3 } });
  expect(text).not.toContain('their-workflow');
  expect((await ask('POST /v1/grants', { key, body })).json).toMatchObject({
    ...{ code: 'client_not_allowed', reason: 'service_suspended' },
  });
  expect((await ask('GET /v1/services/crm', { key })).json).toMatchObject({ suspendedReason: 'breach' });
  expect((await ask('POST /v1/services/crm/resume', { key })).status).toBe(403);
  await must(ask('POST /v1/services/crm/resume'));
  expect((await ask('POST /v1/grants', { key, body })).status).toBe(200);
});

test('what is suspended is still refreshed: resuming finds living tokens', async () => {
  const { id } = await scene.connect('kept');
  await must(scene.ask('POST /v1/clients/acme/suspend'));
  await must(scene.ask('POST /v1/services/crm/suspend'));
  await scene.database.query('update connections set next_refresh_at = otobot_now() where id = $1', [id]);
  await scene.work();
  const generation = async () =>
    (await scene.database.query<{ generation: number }>('select generation from connections where id = $1', [id]))
      .rows[0]?.generation;
  await until('it was refreshed', async () => (await generation()) === 2);
  await scene.rest();
  await must(scene.ask('POST /v1/services/crm/resume'));
  await must(scene.ask('POST /v1/clients/acme/resume'));
  expect((await scene.ask('GET /v1/credentials/acme/crm?name=kept')).json).toMatchObject({ generation: 2 });
});

test("a suspended organization's keys are refused in every process, its pages closed, and its tokens stay", async () => {
  const { ask, otherKey: key } = scene;
  const path = '/v1/credentials/theirs/crm?name=theirs';
  await must(ask('PATCH /v1/services/crm', { body: { authorizationUrl: `${scene.provider.url}/authorize` } }));
  const { url: link } = (await must(
    ask('POST /v1/connect-links', { key, body: { clientId: 'theirs', service: 'crm' } }),
  )) as { url: string };
  const page = () => call(scene.broker.url + new URL(link).pathname);
  expect(await readEverywhere(key, path)).toEqual(['served', 'served']);
  const looked = await organizations.suspend(atTheMachine, 'other', { dryRun: true });
  expect(looked).toMatchObject({
    suspendedAt: null,
    stopping: { clients: 1, connections: 1, workflows: [{ workflowId: 'their-workflow' }, { workflowId: null }] },
  });

  await organizations.suspend(atTheMachine, 'other', { reason: 'unpaid' });
  expect(await readEverywhere(key, path)).toEqual(['key_invalid', 'key_invalid']);
  expect((await page()).status).toBe(403);
  expect(await organizations.list(atTheMachine)).toContainEqual(
    expect.objectContaining({ name: 'other', suspendedReason: 'unpaid' }),
  );
  // The operator's own go on.
  expect(await readEverywhere(scene.key, '/v1/credentials/acme/crm?name=one')).toEqual(['served', 'served']);

  await organizations.resume(atTheMachine, 'other');
  expect(await readEverywhere(key, path)).toEqual(['served', 'served']);
  expect((await page()).status).toBe(200);
});

test("nobody shuts out the operator, and no key reaches an organization's switch", async () => {
  await expect(organizations.suspend(atTheMachine, 'default', {})).rejects.toMatchObject({ code: 'conflict' });
  await expect(organizations.suspend(atTheMachine, 'nobody', {})).rejects.toMatchObject({ code: 'not_found' });
  const withKey = { ...atTheMachine, presented: { kind: 'bearer', token: scene.key } as const };
  await expect(organizations.suspend(withKey, 'other', {})).rejects.toMatchObject({ code: 'scope_missing' });
  await expect(organizations.resume(withKey, 'other')).rejects.toMatchObject({ code: 'scope_missing' });
});

test('a key that is limited to some services neither stops, frees nor deletes a client, whose others would go with it', async () => {
  await scene.connect('three');
  const limited = await scene.ask('POST /v1/access-keys', {
    body: { name: 'crm only', scopes: ['clients:write', 'clients:read'], services: ['crm'] },
  });
  const key = limited.json.key as string;
  const ask = async (method: string, path: string, body?: object) =>
    (await call(scene.broker.url + path, { method, key, ...(body && { body }) })).json.code ?? 'done';
  for (const body of [{}, { revoke: true }, { dryRun: true }])
    expect(await ask('POST', '/v1/clients/acme/suspend', body)).toBe('client_not_allowed');
  expect(await ask('POST', '/v1/clients/acme/resume', {})).toBe('client_not_allowed');
  expect(await ask('DELETE', '/v1/clients/acme')).toBe('client_not_allowed');
  expect(await ask('GET', '/v1/clients/acme')).toBe('done');
  expect((await grant('acme', 'three', 'w1')).status).toBe(200);
});
