import { startProvider, type Provider } from '../support/provider';
import { until } from '../support/until';
import { addConnection, addReach, moveTime, setScene, type Reach, type Scene } from './scene';

// Most of an hour of the database's time in steps of a minute: a step means new sessions for everybody.
const STEP_S = 60;
const OUTAGE_BEGINS_S = 300;
const OUTAGE_ENDS_S = OUTAGE_BEGINS_S + 1_800;
const END_S = OUTAGE_ENDS_S + 720;
/** Connections become due all the time, whatever happens. */
const DUE_UNTIL_S = OUTAGE_ENDS_S + 300;

let scene: Scene;
const others: Provider[] = [];
beforeAll(async () => {
  scene = await setScene();
  others.push(await startProvider(), await startProvider());
});
afterAll(async () => {
  await moveTime(scene, '0');
  await scene.close();
  await Promise.all(others.map((provider) => provider.close()));
});

/** Two apps at a provider, with connections that become due one after the other. */
async function populate(provider: Provider, count: number): Promise<Reach[]> {
  const there = { ...scene, provider };
  const reaches = [await addReach(there), await addReach(there)];
  for (let n = 0; n < count; n += 1) {
    // Within half a minute before a step, so that it is not the step that makes them late.
    const step = 1 + (n % (DUE_UNTIL_S / STEP_S));
    const due = `otobot_now() + interval '${step * STEP_S - (n % 30)} seconds'`;
    await addConnection(there, reaches[n % 2] as Reach, { due });
  }
  await scene.db.query(
    'update connections set metadata = jsonb_build_object($1::text, next_refresh_at) where app_id = any ($2)',
    ['due', reaches.map(({ appId }) => appId)],
  );
  return reaches;
}

const idsOf = (reaches: readonly Reach[]): string[] => reaches.map(({ appId }) => appId);

/** When each connection was due, and when it got its next token; in seconds since the beginning. */
async function refreshes(
  reaches: readonly Reach[],
  beginning: Date,
): Promise<{ due: number; refreshed: number | null }[]> {
  const { rows } = await scene.db.query<{ due: number; refreshed: number | null }>(
    `select extract(epoch from (c.metadata ->> 'due')::timestamptz - $2)::float8 as due,
            (select extract(epoch from min(r.started_at) - $2)::float8 from refresh_attempts r
              where r.connection_id = c.id and r.outcome = 'refreshed') as refreshed
       from connections c where c.app_id = any ($1)`,
    [idsOf(reaches), beginning],
  );
  return rows;
}

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;

/** Nothing is in flight, and what the healthy providers owe is done; or it takes too long, and shows in their lateness. */
async function settle(healthy: readonly Reach[], now: Date): Promise<void> {
  await until(
    'the workers have done what they can',
    async () => {
      const { rows } = await scene.db.query<{ busy: boolean }>(
        `select exists (select from connections where lease_until is not null
                           or (app_id = any ($1) and next_refresh_at <= $2)) as busy`,
        [idsOf(healthy), now],
      );
      return rows[0]?.busy === false;
    },
    20_000,
  ).catch(() => undefined);
}

const incidents = async (): Promise<{ state: string }[]> =>
  (
    await scene.db.query<{ data: { state: string } }>(
      `select data from outbox where type = 'provider.incident' order by id`,
    )
  ).rows.map(({ data }) => data);

test('a provider that is down for 30 minutes: one alert, no connection ends, all is made up for within 5 minutes, and nobody else is late', async () => {
  const down = await populate(scene.provider, 240);
  const healthy = [...(await populate(others[0] as Provider, 85)), ...(await populate(others[1] as Provider, 85))];
  const [{ beginning } = { beginning: new Date() }] = (
    await scene.db.query<{ beginning: Date }>('select otobot_now() as beginning')
  ).rows;
  await Promise.all([scene.worker(), scene.worker()]);

  let callsDuringOutage = 0;
  let alertsDuringOutage = 0;
  for (let second = STEP_S; second <= END_S; second += STEP_S) {
    if (second === OUTAGE_BEGINS_S) scene.provider.always({ status: 503, body: 'down' });
    if (second === OUTAGE_ENDS_S) {
      callsDuringOutage = scene.provider.calls.length - callsDuringOutage;
      alertsDuringOutage = (await incidents()).length;
      scene.provider.always(null);
    }
    if (second < OUTAGE_BEGINS_S) callsDuringOutage = scene.provider.calls.length;
    const now = new Date(beginning.getTime() + second * 1_000);
    // The steps themselves take time.
    await moveTime(scene, `${now.getTime() - Date.now()} milliseconds`);
    // What a worker claimed while its session was cut is given back, to be due a moment later.
    await settle(healthy, new Date(now.getTime() + 10_000));
  }

  await until('its end is told', async () => (await incidents()).length > 1);
  const { rows: states } = await scene.db.query<{ status: string; count: string }>(
    'select status, count(*) from connections group by status',
  );
  const made = await refreshes(down, beginning);
  const waited = made.filter(({ due }) => due > OUTAGE_BEGINS_S && due <= OUTAGE_ENDS_S);
  const madeUpForIn = Math.max(...waited.map(({ refreshed }) => (refreshed ?? Infinity) - OUTAGE_ENDS_S));
  const lateness = (await refreshes(healthy, beginning)).map(({ due, refreshed }) => (refreshed ?? Infinity) - due);
  const { rowCount: probes } = await scene.db.query(
    `select from refresh_attempts r, provider_incidents i
      where r.app_id = any ($1) and r.outcome = 'transient' and r.started_at > i.opened_at and r.started_at < i.closed_at`,
    [idsOf(down)],
  );
  process.stdout.write(
    [
      `30 minutes without a provider: ${waited.length} of its ${made.length} connections became due meanwhile`,
      `requests sent to it: ${callsDuringOutage}, of them ${probes ?? 0} probes`,
      `alerts: ${alertsDuringOutage} while it was down, ${(await incidents()).length} events in all`,
      `connections that ended: ${states.filter(({ status }) => status === 'reauth_required').length}`,
      `the last that was due had its token ${Math.round(madeUpForIn)} s after the return`,
      `lateness elsewhere (${lateness.length} refreshes): p50 ${percentile(lateness, 0.5).toFixed(1)} s, p99 ${percentile(lateness, 0.99).toFixed(1)} s`,
      '',
    ].join('\n  '),
  );
  expect(states).toEqual([{ status: 'active', count: '410' }]);
  expect(alertsDuringOutage).toBe(1);
  expect((await incidents()).map(({ state }) => state)).toEqual(['open', 'ended']);
  expect(waited.length).toBeGreaterThan(100);
  expect(madeUpForIn).toBeLessThan(300);
  expect(percentile(lateness, 0.99)).toBeLessThan(60);
  // At most every 10 s; in steps of a minute there are fewer.
  expect(probes).toBeGreaterThan(5);
  expect(probes).toBeLessThanOrEqual(180);
  expect(callsDuringOutage - (probes ?? 0)).toBeLessThan(100);
}, 240_000);
