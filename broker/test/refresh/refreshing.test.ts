import { until } from '../support/until';
import {
  addConnection,
  addReach,
  eventsOf,
  makeDue,
  outcomesOf,
  setScene,
  stored,
  tokensOf,
  type Scene,
} from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());
afterEach(async () => {
  await scene.stopWorkers();
  scene.provider.reset();
});

const refreshed = (id: string, generation = 2) =>
  until(`connection has generation ${generation}`, async () => (await stored(scene, id)).generation === generation);
const ended = (id: string, outcomes: string[]) =>
  until(`attempts ended as ${outcomes.join()}`, async () => (await outcomesOf(scene, id)).join() === outcomes.join());

test('a connection that is due is refreshed, sealed, recorded and told of', async () => {
  const { id, issued } = await addConnection(scene, await addReach(scene));
  await scene.worker();
  await refreshed(id);
  const now = await stored(scene, id);
  expect(now).toMatchObject({ status: 'active', failure_count: 0, attempt_id: null, lease_until: null });
  const tokens = await tokensOf(scene, id);
  expect(scene.provider.accepts(tokens?.accessToken ?? '')).toBe(true);
  expect(scene.provider.isLive(tokens?.refreshToken ?? '')).toBe(true);
  expect(await tokensOf(scene, id, 'previous')).toMatchObject({ generation: 1, refreshToken: issued.refreshToken });
  expect(await outcomesOf(scene, id)).toEqual(['refreshed']);
  expect(await eventsOf(scene, id)).toEqual(['connection.refreshed']);
  // An hour's token is due 10 minutes, and up to 6 of jitter, before its end.
  expect(now.next_in).toBeGreaterThan(3_600 - 600 - 360 - 30);
  expect(now.next_in).toBeLessThan(3_600 - 600 + 1);
});

test('where the service has a URL for renewals, the refresh token goes there and nowhere else', async () => {
  const { id, issued } = await addConnection(scene, await addReach(scene, { refreshUrl: scene.provider.renewalUrl }));
  await scene.worker();
  await refreshed(id);
  expect(scene.provider.calls.map(({ path, refreshToken }) => [path, refreshToken])).toEqual([
    ['/renew', issued.refreshToken],
  ]);
  expect(scene.provider.isLive((await tokensOf(scene, id))?.refreshToken ?? '')).toBe(true);
});

test('tokens that live for a second do not make the worker spin', async () => {
  scene.provider.behave({ expiresIn: 1 });
  const { id } = await addConnection(scene, await addReach(scene));
  await scene.worker();
  await until('it is refreshed', async () => (await stored(scene, id)).generation === 2);
  const { rows } = await scene.db.query(
    `select next_refresh_at >= last_attempt_at + interval '5 seconds' as later from connections where id = $1`,
    [id],
  );
  expect(rows).toEqual([{ later: true }]);
});

test('client credentials come from the token URL, whatever else is there', async () => {
  const kind = 'client_credentials';
  const reach = await addReach(scene, { kind, refreshUrl: scene.provider.renewalUrl });
  const { id } = await addConnection(scene, reach, { kind, expiresInSeconds: null });
  await scene.worker();
  await refreshed(id, 1);
  expect(scene.provider.calls.map(({ path }) => path)).toEqual(['/token']);
});

test('the previous set stays until the refresh token of the new one has worked: not before, and not longer', async () => {
  const { id } = await addConnection(scene, await addReach(scene));
  const sets = async (): Promise<unknown[]> =>
    (await scene.db.query('select generation, kind from token_sets where connection_id = $1 order by generation', [id]))
      .rows;
  await scene.worker();
  await refreshed(id);
  const both = [
    { generation: 1, kind: 'previous' },
    { generation: 2, kind: 'current' },
  ];
  expect(await sets()).toEqual(both);
  scene.provider.next({ status: 400, body: { error: 'invalid_grant' } });
  await makeDue(scene, id);
  await until('the new one was refused', async () => (await stored(scene, id)).permanent_code !== null);
  expect(await sets()).toEqual(both);
  await makeDue(scene, id);
  await refreshed(id, 3);
  expect(await sets()).toEqual([
    { generation: 2, kind: 'previous' },
    { generation: 3, kind: 'current' },
  ]);
});

test.each(['no-rotation', 'null-refresh-token', 'empty-refresh-token', 'same-refresh-token'] as const)(
  'the refresh token is kept when the provider gives no other: %s',
  async (behaviour) => {
    scene.provider.behave(behaviour);
    const { id, issued } = await addConnection(scene, await addReach(scene, { rotation: 'none' }));
    await scene.worker();
    await refreshed(id);
    expect((await tokensOf(scene, id))?.refreshToken).toBe(issued.refreshToken);
  },
);

test('a provider that does not say how long a token lives is believed to mean the default of its service', async () => {
  scene.provider.behave('no-expires-in');
  const reach = await addReach(scene);
  await scene.db.query('update services set default_ttl_seconds = 7200 where name = $1', [reach.service]);
  const { id } = await addConnection(scene, reach);
  await scene.worker();
  await refreshed(id);
  const { rows } = await scene.db.query<{ lifetime_seconds: number; left: number }>(
    `select lifetime_seconds, extract(epoch from expires_at - otobot_now())::float8 as left
       from token_sets where connection_id = $1 and kind = 'current'`,
    [id],
  );
  expect(rows[0]?.lifetime_seconds).toBe(7_200);
  expect(rows[0]?.left).toBeGreaterThan(7_100);
  expect(rows[0]?.left).toBeLessThanOrEqual(7_200);
});

test('the address of the account is kept from the answer, and from before when the answer lacks it', async () => {
  scene.provider.behave({ extra: { instance_url: 'https://acme.my.example.com' } });
  const { id } = await addConnection(scene, await addReach(scene));
  await scene.worker();
  await refreshed(id);
  scene.provider.behave({ extra: {} });
  await makeDue(scene, id);
  await refreshed(id, 3);
  const { rows } = await scene.db.query(
    `select base_url, scopes from token_sets where connection_id = $1 and kind = 'current'`,
    [id],
  );
  expect(rows).toEqual([{ base_url: 'https://acme.my.example.com', scopes: ['read'] }]);
});

test('client credentials get their first token without having any', async () => {
  const reach = await addReach(scene, { kind: 'client_credentials' });
  await scene.db.query(`update services set oauth_scopes = 'read write' where name = $1`, [reach.service]);
  const { id } = await addConnection(scene, reach, { kind: 'client_credentials', expiresInSeconds: null });
  await scene.worker();
  await refreshed(id, 1);
  expect(scene.provider.accepts((await tokensOf(scene, id))?.accessToken ?? '')).toBe(true);
  expect(scene.provider.calls[0]?.form.get('scope')).toBe('read write');
});

test('a malformed answer never overwrites tokens', async () => {
  scene.provider.always({ status: 400, headers: { 'content-type': 'text/html' }, body: '<h1>Sorry</h1>' });
  const { id, issued } = await addConnection(scene, await addReach(scene));
  await scene.worker();
  await ended(id, ['malformed']);
  expect(await tokensOf(scene, id)).toMatchObject({ generation: 1, refreshToken: issued.refreshToken });
  expect((await stored(scene, id)).status).toBe('backoff');
  expect(await eventsOf(scene, id)).toEqual(['connection.refresh_failed']);
});

test('what can never be refreshed is left alone after one look', async () => {
  const { id } = await addConnection(scene, await addReach(scene), { expiresInSeconds: null });
  await scene.worker();
  await ended(id, ['unsent']);
  expect(await stored(scene, id)).toMatchObject({ next_refresh_at: null, status: 'active' });
  expect(scene.provider.calls).toHaveLength(0);
});

test('a disabled connection is not refreshed, and one disabled meanwhile stays so', async () => {
  const reach = await addReach(scene);
  const off = await addConnection(scene, reach);
  await scene.db.query(`update connections set status = 'disabled' where id = $1`, [off.id]);
  scene.provider.next({ delayMs: 150 });
  const meanwhile = await addConnection(scene, reach);
  await scene.worker();
  await scene.provider.received(1);
  await scene.db.query(`update connections set status = 'disabled' where id = $1`, [meanwhile.id]);
  await refreshed(meanwhile.id);
  expect((await stored(scene, meanwhile.id)).status).toBe('disabled');
  expect(await outcomesOf(scene, off.id)).toEqual([]);
});

test('a token comes back sealed and nothing of it reaches the log', () => {
  expect(scene.lines.length).toBeGreaterThan(0);
  expect(JSON.stringify(scene.lines)).not.toContain('otbcanary');
});
