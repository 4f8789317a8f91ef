import { until } from '../support/until';
import { addConnection, addReach, makeDue, setScene, stored, type Reach, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());
afterEach(async () => {
  await scene.stopWorkers();
  scene.provider.reset();
});

const DAY = 86_400;
const refreshed = (id: string, generation = 2) =>
  until(`connection has generation ${generation}`, async () => (await stored(scene, id)).generation === generation);

/** A service with what is known of its consents. */
async function reachWith(flags: Record<string, number>, rotation: 'none' | 'strict' = 'strict'): Promise<Reach> {
  const reach = await addReach(scene, { rotation });
  const { consent_idle_seconds: idle = null, consent_seconds: absolute = null } = flags;
  await scene.db.query('update services set consent_idle_seconds = $2, consent_seconds = $3 where name = $1', [
    reach.service,
    idle,
    absolute,
  ]);
  return reach;
}

/** Days from now to each end, to a hundredth; and to the next refresh. */
async function endsOf(id: string): Promise<Record<string, number | null>> {
  const { rows } = await scene.db.query<Record<string, number | null>>(
    `select round((extract(epoch from refresh_expires_at - otobot_now()) / 86400)::numeric, 2)::float8 as refresh,
            round((extract(epoch from idle_expires_at - otobot_now()) / 86400)::numeric, 2)::float8 as idle,
            round((extract(epoch from absolute_expires_at - otobot_now()) / 86400)::numeric, 2)::float8 as absolute
       from connections where id = $1`,
    [id],
  );
  return rows[0] ?? {};
}

test('a granted refresh moves the idle end with the tokens, in one transaction, and leaves the end of the consent', async () => {
  const reach = await reachWith({ consent_idle_seconds: 60 * DAY, consent_seconds: 365 * DAY });
  const { id } = await addConnection(scene, reach);
  await scene.db.query(
    `update connections set idle_expires_at = otobot_now() + '5 days', absolute_expires_at = otobot_now() + '20 days' where id = $1`,
    [id],
  );
  await scene.worker();
  await refreshed(id);
  expect(await endsOf(id)).toEqual({ refresh: null, idle: 60, absolute: 20 });
});

test('a refused or failed refresh moves no end', async () => {
  scene.provider.always({ status: 503 });
  const { id } = await addConnection(scene, await reachWith({ consent_idle_seconds: 60 * DAY }));
  await scene.db.query(`update connections set idle_expires_at = otobot_now() + '5 days' where id = $1`, [id]);
  await scene.worker();
  await until('it has failed', async () => (await stored(scene, id)).status === 'backoff');
  expect(await endsOf(id)).toEqual({ refresh: null, idle: 5, absolute: null });
});

test('what the answer states of the refresh token is kept, and moved by the next answer', async () => {
  scene.provider.behave({
    extra: { x_refresh_token_expires_in: 100 * DAY, x_refresh_token_hard_expires_in: 900 * DAY },
  });
  const { id } = await addConnection(scene, await reachWith({ consent_idle_seconds: 60 * DAY }));
  await scene.worker();
  await refreshed(id);
  expect(await endsOf(id)).toEqual({ refresh: 100, idle: null, absolute: 900 });
  scene.provider.behave({ extra: {} });
  await makeDue(scene, id);
  await refreshed(id, 3);
  expect(await endsOf(id)).toEqual({ refresh: null, idle: 60, absolute: 900 });
});

test('a refresh token that would die unused is refreshed before, however long its access token lives', async () => {
  scene.provider.behave({ expiresIn: 30 * DAY });
  const { id } = await addConnection(scene, await reachWith({ consent_idle_seconds: 7 * DAY }));
  await scene.worker();
  await refreshed(id);
  const days = ((await stored(scene, id)).next_in ?? 0) / DAY;
  expect(days).toBeLessThan(6);
  expect(days).toBeGreaterThan(5);
});

test('a refusal after the end of the consent is called that, one before is not', async () => {
  const reasonAfter = async (end: string): Promise<string | null> => {
    const { id, issued } = await addConnection(scene, await reachWith({}, 'none'), { expiresInSeconds: -60 });
    await scene.db.query(`update connections set absolute_expires_at = otobot_now() + $2::interval where id = $1`, [
      id,
      end,
    ]);
    scene.provider.revoke(issued.consent);
    await makeDue(scene, id);
    await until('the refusal waits to be confirmed', async () => (await stored(scene, id)).permanent_code !== null);
    await makeDue(scene, id);
    return until('it needs its client', async () => {
      const { status, status_reason } = await stored(scene, id);
      return status === 'reauth_required' && status_reason;
    });
  };
  await scene.worker();
  expect(await reasonAfter('-1 minute')).toBe('consent_ended');
  expect(await reasonAfter('1 day')).toBe('revoked');
});
