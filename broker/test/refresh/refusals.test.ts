import { until } from '../support/until';
import {
  addConnection,
  addReach,
  eventsOf,
  makeDue,
  moveTime,
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
  await scene.db.query('update connections set next_refresh_at = null');
  scene.provider.reset();
});

const attempts = (id: string, count: number) =>
  until(`${count} attempts ended`, async () => {
    const outcomes = await outcomesOf(scene, id);
    return outcomes.length === count && !outcomes.includes(null) && outcomes;
  });
const refuse = (error: string, status = 400) => ({ status, body: { error } });

test('refused once, then granted: the connection ends active', async () => {
  scene.provider.next(refuse('invalid_grant'));
  const { id } = await addConnection(scene, await addReach(scene));
  await scene.worker();
  await attempts(id, 1);
  const doubted = await stored(scene, id);
  expect(doubted).toMatchObject({ status: 'backoff', permanent_code: 'invalid_grant', generation: 1 });
  expect(doubted.next_in).toBeGreaterThan(290);
  await makeDue(scene, id);
  await attempts(id, 2);
  expect(await stored(scene, id)).toMatchObject({ status: 'active', permanent_code: null, generation: 2 });
});

test('refused twice: the client has to connect again, and is told once', async () => {
  const { id, issued } = await addConnection(scene, await addReach(scene));
  scene.provider.revoke(issued.consent);
  await scene.worker();
  await attempts(id, 1);
  await makeDue(scene, id);
  await attempts(id, 2);
  expect(await stored(scene, id)).toMatchObject({
    status: 'reauth_required',
    status_reason: 'revoked',
    next_refresh_at: null,
  });
  expect(await eventsOf(scene, id)).toEqual(['connection.refresh_failed', 'connection.reauth_required']);
});

test('a refused client secret: the next of the list works, and is remembered', async () => {
  const [, valid = ''] = scene.provider.clientSecrets;
  const reach = await addReach(scene, { clientSecrets: ['otbcanary-old', valid] });
  const first = await addConnection(scene, reach);
  await scene.worker();
  await attempts(first.id, 1);
  expect((await stored(scene, first.id)).generation).toBe(2);
  expect(scene.provider.calls.map(({ clientSecret }) => clientSecret)).toEqual(['otbcanary-old', valid]);
  const second = await addConnection(scene, reach);
  await attempts(second.id, 1);
  expect(scene.provider.calls).toHaveLength(3);
});

interface AppRow {
  suspended_at: Date | null;
  suspended_reason: string | null;
}
const appOf = async (appId: string): Promise<AppRow | undefined> =>
  (await scene.db.query<AppRow>('select suspended_at, suspended_reason from apps where id = $1', [appId])).rows[0];
const appEvents = async (service: string): Promise<string[]> =>
  (
    await scene.db.query<{ type: string }>(
      `select type from outbox where service = $1 and type like 'app.%' order by id`,
      [service],
    )
  ).rows.map(({ type }) => type);

test('all secrets refused: the app is suspended once, 500 connections stay as they are, at most one probe a minute, then all recover', async () => {
  const reach = await addReach(scene, { clientSecrets: ['otbcanary-wrong'] });
  const added = await Promise.all(Array.from({ length: 500 }, () => addConnection(scene, reach, { due: 'null' })));
  await scene.db.query('update connections set next_refresh_at = otobot_now() where app_id = $1', [reach.appId]);
  const workers = await Promise.all([scene.worker(), scene.worker()]);
  expect(new Set(workers.map((worker) => worker.workerNumber())).size).toBe(2);
  const inFlight = () =>
    scene.db.query('select from connections where lease_until is not null').then(({ rowCount }) => rowCount);
  await until('the app is suspended', async () => (await appOf(reach.appId))?.suspended_reason === 'invalid_client');
  await until('nothing is in flight', async () => (await inFlight()) === 0);
  expect(await appEvents(reach.service)).toEqual(['app.suspended']);
  const { rows } = await scene.db.query(
    'select distinct status, failure_count, last_error_code from connections where app_id = $1',
    [reach.appId],
  );
  expect(rows).toEqual([{ status: 'active', failure_count: 0, last_error_code: null }]);
  const calls = scene.provider.calls.length;
  // Up to 32 at once in each of two workers, and no more after the first refusal.
  expect(calls).toBeLessThanOrEqual(2 * 32);

  // A probe's turn comes once for both workers.
  await scene.db.query(`update apps set next_probe_at = otobot_now() where id = $1`, [reach.appId]);
  await scene.provider.received(calls + 1);
  await until('nothing is in flight', async () => (await inFlight()) === 0);
  const { rows: probes } = await scene.db.query<{ wait: number }>(
    'select extract(epoch from next_probe_at - otobot_now())::float8 as wait from apps where id = $1',
    [reach.appId],
  );
  expect(probes[0]?.wait).toBeGreaterThan(55);
  expect(probes[0]?.wait).toBeLessThanOrEqual(60);
  expect(scene.provider.calls).toHaveLength(calls + 1);
  expect(await appEvents(reach.service)).toEqual(['app.suspended']);

  // The provider takes the secret again: the next probe brings everybody back. A minute passes for the whole database.
  scene.provider.clientSecrets.push('otbcanary-wrong');
  await moveTime(scene, '2 minutes');
  await until('all are refreshed', async () => {
    const { rows: all } = await scene.db.query<{ n: string }>(
      'select count(*) as n from connections where app_id = $1 and generation = 2',
      [reach.appId],
    );
    return Number(all[0]?.n) === added.length;
  });
  scene.provider.clientSecrets.pop();
  await moveTime(scene, '0');
  expect(await appOf(reach.appId)).toMatchObject({ suspended_at: null });
  expect(await appEvents(reach.service)).toEqual(['app.suspended', 'app.recovered']);
});

test('a token that may be used up and then is refused is lost: single use says so at once', async () => {
  scene.provider.next('process-then-reset');
  const { id } = await addConnection(scene, await addReach(scene, { rotation: 'strict' }));
  await scene.worker();
  await attempts(id, 1);
  const uncertain = await stored(scene, id);
  expect(uncertain).toMatchObject({ status: 'uncertain', generation: 1 });
  // The token lives for an hour: the one retry comes a minute before its end.
  expect(uncertain.next_in).toBeGreaterThan(3_500);
  await makeDue(scene, id);
  await attempts(id, 2);
  expect(await stored(scene, id)).toMatchObject({ status: 'reauth_required', status_reason: 'lost_rotation' });
});

test('a token that may be used up is used again where the provider allows it', async () => {
  scene.provider.behave('rotate-with-grace');
  scene.provider.next('process-then-reset');
  const { id } = await addConnection(scene, await addReach(scene, { rotation: 'grace', graceSeconds: 60 }));
  await scene.worker();
  await attempts(id, 1);
  const uncertain = await stored(scene, id);
  expect(uncertain.status).toBe('uncertain');
  expect(uncertain.next_in).toBeLessThan(48);
  await makeDue(scene, id);
  await attempts(id, 2);
  expect(await stored(scene, id)).toMatchObject({ status: 'active', generation: 2, uncertain_since: null });
  expect(scene.provider.isLive((await tokensOf(scene, id))?.refreshToken ?? '')).toBe(true);
  expect(await eventsOf(scene, id)).toEqual([
    'connection.refresh_failed',
    'connection.refreshed',
    'connection.recovered',
  ]);
});
