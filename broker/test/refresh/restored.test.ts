import { randomUUID } from 'node:crypto';
import { connectDatabase } from '../../src/db/database';
import { claimDue } from '../../src/repositories/refresh-claims';
import { resumeRefreshing } from '../../src/repositories/installation';
import { until } from '../support/until';
import { addConnection, addReach, eventsOf, setScene, stored, tokensOf, type Added, type Scene } from './scene';

/** An installation, and a second one on a copy of its database, as after a restore. */
let original: Scene;
let copy: Scene;
const added: Record<string, Added> = {};

const CASES = [
  ['none', 'none'],
  ['grace', 'grace'],
  ['strict', 'strict'],
  ['used up', 'strict'],
  ['expired', 'strict'],
  ['in backoff', 'strict'],
  ['already uncertain', 'strict'],
  ['to reconnect', 'strict'],
  ['disabled', 'strict'],
] as const;

beforeAll(async () => {
  original = await setScene();
  const reaches = {
    none: await addReach(original, { rotation: 'none' }),
    grace: await addReach(original, { rotation: 'grace', graceSeconds: 1_800 }),
    strict: await addReach(original, { rotation: 'strict' }),
  };
  for (const [name, rotation] of CASES) {
    const expiresInSeconds = name === 'expired' ? -60 : 1_800;
    added[name] = await addConnection(original, reaches[rotation], { expiresInSeconds, due: 'null' });
  }
  const alter = (name: string, changes: string) =>
    original.db.query(`update connections set ${changes} where id = $1`, [idOf(name)]);
  await alter('in backoff', `status = 'backoff', failure_count = 3, failing_since = otobot_now()`);
  await alter('already uncertain', `status = 'uncertain', uncertain_since = otobot_now() - interval '2 days'`);
  await alter('to reconnect', `status = 'reauth_required', status_reason = 'revoked'`);
  await alter('disabled', `status = 'disabled'`);
  await (await original.worker()).stop();
  copy = await setScene({ original });
  await copy.db.query(`update connections set next_refresh_at = otobot_now() where status <> 'reauth_required'`);
});
afterAll(async () => {
  await copy.close();
  await original.close();
});

const idOf = (name: string): string => added[name]?.id ?? '';
const pauseOf = async ({ db }: Scene): Promise<{ at: Date | null; reason: string | null }> =>
  (
    await db.query<{ at: Date | null; reason: string | null }>(
      'select refreshing_paused_at as at, refreshing_paused_reason as reason from installation',
    )
  ).rows[0] ?? { at: null, reason: null };
const told = (scene: Scene) => scene.lines.filter(({ level }) => level === 'error').map(({ message }) => message);

test('a database on which workers always ran where it is, is nothing special', async () => {
  await (await original.worker()).stop();
  expect(await pauseOf(original)).toEqual({ at: null, reason: null });
  expect(told(original)).toEqual([]);
});

test('a worker that starts on a copy pauses refreshing and says so; what is due is not claimed, in no worker', async () => {
  const workers = await Promise.all([copy.worker(), copy.worker()]);
  expect((await pauseOf(copy)).reason).toMatch(/restored .* or is a copy/);
  expect(told(copy)).toHaveLength(1);
  const database = connectDatabase({ url: copy.db.url, role: 'otobot_refresh', log: copy.log });
  const request = {
    ...{ workerNumber: 1, leaseSeconds: 60, limit: 100, perApp: 32, inFlight: {}, spent: {} },
    firstApp: randomUUID(),
  };
  const claimed = await claimDue(database, request).finally(() => database.close());
  expect(claimed).toEqual([]);
  const { rows } = await copy.db.query<{ due: number }>(
    'select count(*)::int as due from connections where next_refresh_at <= otobot_now()',
  );
  expect(rows[0]?.due).toBeGreaterThan(1);
  expect(copy.provider.calls).toEqual([]);
  await Promise.all(workers.map((worker) => worker.stop()));
});

test('refresh tokens that change with each use count as used, nobody has to reconnect, and nothing was told', async () => {
  const statuses: Record<string, [string, string | null]> = {};
  for (const [name] of CASES) {
    const { status, status_reason: reason } = await stored(copy, idOf(name));
    statuses[name] = [status, reason];
    expect(await eventsOf(copy, idOf(name))).toEqual([]);
  }
  expect(statuses).toEqual({
    none: ['active', null],
    grace: ['uncertain', 'restored'],
    strict: ['uncertain', 'restored'],
    'used up': ['uncertain', 'restored'],
    expired: ['uncertain', 'restored'],
    'in backoff': ['uncertain', 'restored'],
    'already uncertain': ['uncertain', 'restored'],
    'to reconnect': ['reauth_required', 'revoked'],
    disabled: ['disabled', null],
  });
  // While a token lives nothing is risked: the attempt waits until a minute before its end, whoever reads.
  const { next_in: strictIn, not_before_at: notBefore, next_refresh_at: next } = await stored(copy, idOf('strict'));
  expect(strictIn).toBeGreaterThan(1_500);
  expect(notBefore).toEqual(next);
  expect((await stored(copy, idOf('expired'))).next_in).toBeLessThanOrEqual(0);
  expect((await stored(copy, idOf('none'))).next_in).toBeLessThanOrEqual(0);
  // Since when: it may have been used from the first day on. One that was uncertain for longer stays so.
  const since = async (name: string) => (await stored(copy, idOf(name))).uncertain_since?.getTime() ?? NaN;
  expect(Date.now() - (await since('already uncertain'))).toBeGreaterThan(47 * 3_600_000);
  expect(await since('strict')).toBeLessThan((await pauseOf(copy)).at?.getTime() ?? 0);
  expect(await since('disabled')).not.toBeNaN();
});

test('a second start finds the mark and changes nothing', async () => {
  const before = [await pauseOf(copy), told(copy), (await stored(copy, idOf('strict'))).version];
  await (await copy.worker()).stop();
  expect([await pauseOf(copy), told(copy), (await stored(copy, idOf('strict'))).version]).toEqual(before);
});

test('resumed, each ends as it is: what was not used meanwhile is refreshed, what was is told to reconnect', async () => {
  // The original went on for a while after the backup.
  const used = added['used up'];
  const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: used?.issued.refreshToken ?? '' });
  const { clientId, clientSecrets } = copy.provider;
  const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecrets[0] ?? ''}`).toString('base64')}`;
  await fetch(copy.provider.tokenUrl, { method: 'POST', body: form, headers: { authorization } });
  copy.provider.calls.length = 0;

  await copy.worker();
  await copy.owner.transaction((tx) => resumeRefreshing(tx));
  const refreshed = async (name: string) => {
    await until(`${name} is refreshed`, async () => (await stored(copy, idOf(name))).generation === 2);
    expect(await stored(copy, idOf(name))).toMatchObject({ status: 'active', uncertain_since: null });
    expect(copy.provider.isLive((await tokensOf(copy, idOf(name)))?.refreshToken ?? '')).toBe(true);
  };
  for (const name of ['none', 'expired']) await refreshed(name);
  // The others wait for the end of their tokens.
  expect(copy.provider.calls).toHaveLength(2);
  expect((await stored(copy, idOf('strict'))).generation).toBe(1);

  await copy.db.query(
    `update connections set next_refresh_at = otobot_now() where status = 'uncertain' and generation = 1`,
  );
  for (const name of ['grace', 'strict', 'in backoff', 'already uncertain']) await refreshed(name);
  await until('the used one has ended', async () => (await stored(copy, idOf('used up'))).status === 'reauth_required');
  expect((await stored(copy, idOf('used up'))).status_reason).toBe('lost_rotation');
  expect((await stored(copy, idOf('disabled'))).status).toBe('disabled');
  expect((await stored(copy, idOf('to reconnect'))).status_reason).toBe('revoked');
});

test('workers see the database for what it is from then on', async () => {
  await copy.stopWorkers();
  await (await copy.worker()).stop();
  expect(await pauseOf(copy)).toEqual({ at: null, reason: null });
});

test('a dump that was restored in place is recognised too: its rows are back, in a table that was made anew', async () => {
  await copy.stopWorkers();
  await copy.db.query(`
    alter table installation rename to dumped;
    create table installation (like dumped including all);
    insert into installation select * from dumped;
    drop table dumped;
    grant select, update on installation to otobot_refresh`);
  await (await copy.worker()).stop();
  expect((await pauseOf(copy)).reason).toMatch(/restored/);
  expect(await stored(copy, idOf('strict'))).toMatchObject({ status: 'uncertain', status_reason: 'restored' });
});
