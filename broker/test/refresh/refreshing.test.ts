import { until } from '../support/until';
import { addConnection, addReach, eventsOf, outcomesOf, setScene, stored, tokensOf, type Scene } from './scene';

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
