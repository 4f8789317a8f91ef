import { startProvider, type Provider } from '../support/provider';
import { until } from '../support/until';
import { addConnection, addReach, eventsOf, outcomesOf, setScene, stored, type Scene } from './scene';

let scene: Scene;
let thief: Provider;
beforeAll(async () => {
  scene = await setScene();
  thief = await startProvider();
});
afterAll(async () => {
  await thief.close();
  await scene.close();
});
afterEach(async () => {
  await scene.stopWorkers();
  await scene.db.query('update connections set next_refresh_at = null');
  scene.provider.reset();
});

/** Nothing was sent, nobody is asked to connect again, the operator is told. */
async function expectRefused(id: string, reason = 'integrity'): Promise<void> {
  await until('the attempt has ended', async () => (await outcomesOf(scene, id)).join() === 'unsent');
  expect(await stored(scene, id)).toMatchObject({ status: 'backoff', status_reason: reason, generation: 1 });
  expect(await eventsOf(scene, id)).toEqual(['connection.integrity']);
  expect(scene.lines.some(({ level, fields }) => level === 'error' && fields.connectionId === id)).toBe(true);
  expect(scene.provider.calls).toHaveLength(0);
  expect(thief.calls).toHaveLength(0);
}

test('a token URL rewritten in the database gets nothing sent', async () => {
  const reach = await addReach(scene);
  const { id } = await addConnection(scene, reach);
  await scene.db.query('update services set oauth_token_url = $2 where name = $1', [reach.service, thief.tokenUrl]);
  await scene.worker();
  await expectRefused(id);
});

test.each([
  ['put in', { before: null, after: () => thief.tokenUrl, reason: 'integrity' }],
  ['rewritten', { before: () => scene.provider.renewalUrl, after: () => thief.tokenUrl, reason: 'integrity' }],
  ['taken out', { before: () => scene.provider.renewalUrl, after: () => null, reason: 'integrity' }],
  [
    'made none',
    { before: () => scene.provider.renewalUrl, after: () => 'ftp://thief.example', reason: 'service_unusable' },
  ],
])(
  'a URL for renewals that is %s in the database gets nothing sent, and neither does the token URL',
  async (_, { before, after, reason }) => {
    const reach = await addReach(scene, before === null ? {} : { refreshUrl: before() });
    const { id } = await addConnection(scene, reach);
    await scene.db.query('update services set refresh_url = $2 where name = $1', [reach.service, after()]);
    await scene.worker();
    await expectRefused(id, reason);
  },
);

test('and works again as soon as it is put right', async () => {
  const reach = await addReach(scene);
  const { id } = await addConnection(scene, reach);
  await scene.db.query('update services set oauth_token_url = $2 where name = $1', [reach.service, thief.tokenUrl]);
  await scene.worker();
  await expectRefused(id);
  await scene.db.query('update services set oauth_token_url = $2 where name = $1', [
    reach.service,
    scene.provider.tokenUrl,
  ]);
  await scene.db.query('update connections set next_refresh_at = otobot_now() where id = $1', [id]);
  await until('the connection is refreshed', async () => (await stored(scene, id)).status === 'active');
  expect(await eventsOf(scene, id)).toEqual(['connection.integrity', 'connection.refreshed', 'connection.recovered']);
});

test("another connection's refresh token, copied into the row, does not open", async () => {
  const reach = await addReach(scene);
  const { id } = await addConnection(scene, reach);
  const victim = await addConnection(scene, reach, { due: 'null' });
  await scene.db.query(
    `update token_sets t set refresh_sealed = v.refresh_sealed, access_sealed = v.access_sealed
       from token_sets v where t.connection_id = $1 and v.connection_id = $2`,
    [id, victim.id],
  );
  await scene.worker();
  await expectRefused(id);
});

test("an app of another service does not lend its secrets, wherever a connection's row points", async () => {
  const reach = await addReach(scene);
  const { appId } = await addReach(scene);
  const { id } = await addConnection(scene, reach);
  await scene.db.query('update connections set app_id = $2 where id = $1', [id, appId]);
  await scene.worker();
  await expectRefused(id);
});

test('a key that is not held is not blamed on the connection', async () => {
  const { id } = await addConnection(scene, await addReach(scene));
  await scene.db.query(
    `update token_sets set refresh_sealed = overlay(refresh_sealed placing '\\x00000063'::bytea from 2 for 4), refresh_key_version = 99
      where connection_id = $1`,
    [id],
  );
  await scene.worker();
  await until('the attempt has ended', async () => (await outcomesOf(scene, id)).join() === 'unsent');
  const now = await stored(scene, id);
  expect(now).toMatchObject({ status: 'active', failure_count: 0, last_error_code: null });
  expect(now.next_in).toBeGreaterThan(50);
  expect(scene.provider.calls).toHaveLength(0);
});
