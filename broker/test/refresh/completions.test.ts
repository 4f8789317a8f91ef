import { randomUUID } from 'node:crypto';
import { connectDatabase, type Database } from '../../src/db/database';
import { claimDue, type ClaimedConnection } from '../../src/repositories/refresh-claims';
import { writeCompletions, type Completion } from '../../src/repositories/refresh-completions';
import { NO_ENDS } from '../../src/types/consent-ends';
import { until } from '../support/until';
import { addConnection, addReach, eventsOf, outcomesOf, setScene, stored, type Scene } from './scene';

let scene: Scene;
let database: Database;
beforeAll(async () => {
  scene = await setScene();
  database = connectDatabase({ url: scene.db.url, role: 'otobot_refresh', log: scene.log });
});
afterAll(async () => {
  await database.close();
  await scene.close();
});

/** Claims the one connection that is due. */
async function claimOne(): Promise<ClaimedConnection> {
  await addConnection(scene, await addReach(scene));
  const request = {
    workerNumber: 1,
    leaseSeconds: 60,
    limit: 10,
    perApp: 32,
    inFlight: {},
    spent: {},
    firstApp: randomUUID(),
  };
  const [claim, ...others] = await claimDue(database, request);
  expect(others).toHaveLength(0);
  return claim as ClaimedConnection;
}

const SETTLED = {
  ...{ status: 'active' as const, statusReason: null, failureCount: 0, failingSince: null, uncertainSince: null },
  ...{ permanentCode: null, lastErrorCode: null, notBeforeAt: null },
} as const;

function refreshed(claim: ClaimedConnection): Completion {
  const { id: connectionId, organizationId, generation, attemptId, startedAt } = claim;
  const inAnHour = new Date(Date.now() + 3_600_000);
  return {
    ...{ connectionId, organizationId, generation, attemptId, startedAt },
    ...{
      outcome: 'refreshed',
      errorCode: null,
      httpStatus: 200,
      durationMs: 5,
      mayStillAnswer: false,
      adoptedSetId: null,
    },
    next: { ...SETTLED, nextRefreshAt: inAnHour, events: ['connection.refreshed'] },
    set: {
      ...{
        accessSealed: Buffer.from('access'),
        accessKeyVersion: 1,
        refreshSealed: Buffer.from('refresh'),
        refreshKeyVersion: 2,
      },
      ...{ tokenType: 'Bearer', scopes: ['a b', '"c"'], expiresAt: inAnHour, lifetimeSeconds: 3_600 },
      ...{ baseUrl: null, ...NO_ENDS },
    },
  };
}

const failed = (claim: ClaimedConnection): Completion => ({
  ...refreshed(claim),
  ...{ outcome: 'transient', errorCode: 'http_503', httpStatus: 503, set: null },
  next: {
    ...SETTLED,
    status: 'backoff',
    failureCount: 1,
    nextRefreshAt: new Date(Date.now() + 3_600_000),
    events: ['connection.refresh_failed'],
  },
});

const kindsOf = async (id: string): Promise<string[]> =>
  (
    await scene.db.query<{ kind: string }>('select kind from token_sets where connection_id = $1 order by kind', [id])
  ).rows.map(({ kind }) => kind);

test('a completion sent again, because its commit was not heard of, changes nothing', async () => {
  for (const make of [refreshed, failed]) {
    const claim = await claimOne();
    expect(await writeCompletions(database, [make(claim)])).toEqual(new Set([0]));
    const once = {
      row: await stored(scene, claim.id),
      kinds: await kindsOf(claim.id),
      events: await eventsOf(scene, claim.id),
    };
    expect(await writeCompletions(database, [make(claim)])).toEqual(new Set());
    expect({
      row: { ...(await stored(scene, claim.id)), next_in: once.row.next_in },
      kinds: await kindsOf(claim.id),
      events: await eventsOf(scene, claim.id),
    }).toEqual(once);
    expect(await outcomesOf(scene, claim.id)).toHaveLength(1);
    await scene.db.query('update connections set next_refresh_at = null');
  }
});

test('only the attempt that holds the claim, and only for its generation, is written; a token is kept as late', async () => {
  const claim = await claimOne();
  const stranger = { ...refreshed(claim), attemptId: randomUUID() };
  const elder = { ...refreshed(claim), generation: 0 };
  const before = await stored(scene, claim.id);
  expect(await writeCompletions(database, [stranger, failed({ ...claim, attemptId: randomUUID() }), elder])).toEqual(
    new Set(),
  );
  expect({ ...(await stored(scene, claim.id)), next_in: null }).toEqual({ ...before, next_in: null });
  expect(await kindsOf(claim.id)).toEqual(['current', 'late', 'late']);
  expect(await eventsOf(scene, claim.id)).toEqual([]);
});

test('many ends share a statement, each on its own terms; scopes come through as they are', async () => {
  const [good, bad] = [await claimOne(), await claimOne()];
  expect(await writeCompletions(database, [refreshed(good), failed(bad)])).toEqual(new Set([0, 1]));
  expect(await stored(scene, good.id)).toMatchObject({ generation: 2, status: 'active' });
  expect(await stored(scene, bad.id)).toMatchObject({ generation: 1, status: 'backoff' });
  const { rows } = await scene.db.query(`select scopes from token_sets where connection_id = $1 and kind = 'current'`, [
    good.id,
  ]);
  expect(rows).toEqual([{ scopes: ['a b', '"c"'] }]);
});

test('what somebody made due while an attempt failed stays due', async () => {
  const claim = await claimOne();
  await scene.db.query(`update connections set next_refresh_at = '-infinity' where id = $1`, [claim.id]);
  await writeCompletions(database, [failed(claim)]);
  const { rows } = await scene.db.query<{ due: boolean }>(
    `select next_refresh_at = '-infinity' as due from connections where id = $1`,
    [claim.id],
  );
  expect(rows[0]?.due).toBe(true);
});

test('an end that comes after its attempt was given up for lost is tried again when it says, not when the sweep thought', async () => {
  await scene.db.query('update connections set next_refresh_at = null');
  const claim = await claimOne();
  await scene.db.query(
    `update connections set status = 'uncertain', lease_until = null, next_refresh_at = otobot_now() + interval '50 minutes' where id = $1`,
    [claim.id],
  );
  const unsent = { ...failed(claim), ...{ outcome: 'unsent' as const, errorCode: 'lease_over', httpStatus: null } };
  await writeCompletions(database, [{ ...unsent, next: { ...SETTLED, nextRefreshAt: new Date(), events: [] } }]);
  const { status, next_in: nextIn } = await stored(scene, claim.id);
  expect(status).toBe('active');
  expect(nextIn).toBeLessThan(5);
});

test('a late token of a connection that needs its client waits while another attempt is in flight, or that would send the one before it', async () => {
  await scene.db.query('update connections set next_refresh_at = null');
  const claim = await claimOne();
  const ended = `update connections set status = 'reauth_required', attempt_id = $2 where id = $1`;
  await scene.db.query(ended, [claim.id, randomUUID()]);
  expect(await writeCompletions(database, [refreshed(claim)])).toEqual(new Set());
  expect(await kindsOf(claim.id)).toEqual(['current', 'late']);
  const other = await claimOne();
  await scene.db.query(ended, [other.id, randomUUID()]);
  await scene.db.query('update connections set lease_until = null where id = $1', [other.id]);
  expect(await writeCompletions(database, [refreshed(other)])).toEqual(new Set([0]));
  expect(await stored(scene, other.id)).toMatchObject({ status: 'active', generation: 2 });
});

test('one that is sent twice at the same moment, as by a worker and by whoever adopted its spool, is stored once', async () => {
  await scene.db.query('update connections set next_refresh_at = null');
  const claim = await claimOne();
  const both: Promise<Set<number>>[] = [];
  const waiting = `select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and query like '%answer as materialized%'
                      and datname = current_database()`;
  await scene.owner.transaction(async (tx) => {
    await tx.query({ text: 'select from connections where id = $1 for update', values: [claim.id] });
    both.push(writeCompletions(database, [refreshed(claim)]), writeCompletions(database, [refreshed(claim)]));
    await until('both wait for the row', async () => (await scene.db.query<{ n: number }>(waiting)).rows[0]?.n === 2);
  });
  const written = await Promise.all(both);
  expect(written.map(({ size }) => size).sort()).toEqual([0, 1]);
  expect(await kindsOf(claim.id)).toEqual(['current', 'previous']);
  expect(await outcomesOf(scene, claim.id)).toEqual(['refreshed']);
});
