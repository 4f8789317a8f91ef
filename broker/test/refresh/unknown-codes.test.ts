import { until } from '../support/until';
import { addConnection, addReach, eventsOf, makeDue, outcomesOf, setScene, stored, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

/** What has passed is taken from what was noted: the connection failed that much earlier. */
const hoursPass = async (id: string, hours: number): Promise<void> => {
  await scene.db.query(
    `update connections set failing_since = failing_since - make_interval(hours => $2),
                            last_attempt_at = last_attempt_at - make_interval(hours => $2) where id = $1`,
    [id, hours],
  );
};

test('a code that nobody has heard of never ends a connection: it is tried on, and after a day the operator is told, once', async () => {
  const { id } = await addConnection(scene, await addReach(scene), { expiresInSeconds: 60 });
  scene.provider.always({ status: 400, body: { error: 'planets_misaligned' } });
  await scene.worker();
  const attempts = async (count: number): Promise<void> => {
    await until(`${count} attempts have ended`, async () => {
      const outcomes = await outcomesOf(scene, id);
      return outcomes.length >= count && outcomes.every((outcome) => outcome !== null);
    });
  };
  await attempts(1);
  expect(await eventsOf(scene, id)).toEqual(['connection.refresh_failed']);
  await makeDue(scene, id);
  await attempts(2);
  expect(await eventsOf(scene, id)).toEqual(['connection.refresh_failed']);
  await hoursPass(id, 24);
  await makeDue(scene, id);
  await attempts(3);
  await until('it is told', async () => (await eventsOf(scene, id)).length === 2);
  await makeDue(scene, id);
  await attempts(4);
  expect(await eventsOf(scene, id)).toEqual(['connection.refresh_failed', 'connection.refresh_failed']);
  expect(await stored(scene, id)).toMatchObject({ status: 'backoff', last_error_code: 'planets_misaligned' });
  expect(new Set(await outcomesOf(scene, id))).toEqual(new Set(['unknown_code']));
  scene.provider.always(null);
  await makeDue(scene, id);
  await until('it recovers', async () => (await stored(scene, id)).status === 'active');
});
