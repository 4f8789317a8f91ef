import { createTokenBuckets } from '../../src/worker/token-buckets';
import type { ClaimedConnection } from '../../src/repositories/refresh-claims';
import { endingWith } from '../../src/services/refresh/attempt';
import { hostReport } from '../../src/services/refresh/reports';
import { isOutage } from '../../src/services/refresh/host-health';
import { startProvider } from '../support/provider';
import { until } from '../support/until';
import { addConnection, addReach, setScene, type Reach, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(async () => {
  await scene.close();
});
afterEach(async () => {
  await scene.stopWorkers();
  await scene.db.query('update connections set next_refresh_at = null');
  await scene.db.query('delete from provider_incidents');
  scene.provider.reset();
});

/** A provider of its own: another host. */
const elsewhere = async (): Promise<Scene> => ({ ...scene, provider: await startProvider() });
const addDue = (at: Scene, reach: Reach, count: number, everyMs = 0) =>
  Promise.all(
    Array.from({ length: count }, (_, n) =>
      addConnection(at, reach, { due: `otobot_now() + interval '${n * everyMs} milliseconds'` }),
    ),
  );
const refreshedOf = async ({ appId }: Reach): Promise<number> =>
  (await scene.db.query('select from connections where app_id = $1 and generation = 2', [appId])).rowCount ?? 0;

test('an app of 12 s answers, a hanging and a suspended one, each with a queue: the others stay on time', async () => {
  const [slowly, hanging] = [await elsewhere(), await elsewhere()];
  const slow = await addReach(slowly);
  const hung = await addReach(hanging);
  const suspended = await addReach(scene);
  const prompt = await addReach(scene);
  slowly.provider.always({ delayMs: 12_000 });
  hanging.provider.always('hang');
  await scene.db.query(
    `update apps set suspended_at = otobot_now(), next_probe_at = otobot_now() + interval '1 minute' where id = $1`,
    [suspended.appId],
  );
  await addDue(slowly, slow, 50);
  await addDue(hanging, hung, 50);
  await addDue(scene, suspended, 50);
  await addDue(scene, prompt, 100, 100);
  await scene.db.query(
    `update connections set metadata = jsonb_build_object('due', next_refresh_at) where app_id = $1`,
    [prompt.appId],
  );
  await scene.worker({ drainMs: 500 });
  await until('the others are refreshed', async () => (await refreshedOf(prompt)) === 100, 25_000);
  await until('the slow ones come, too', async () => (await refreshedOf(slow)) >= 32, 25_000);
  const { rows } = await scene.db.query<{ p99: number }>(
    `select percentile_cont(0.99) within group (order by extract(epoch from r.started_at - greatest(w.at, (c.metadata ->> 'due')::timestamptz)))::float8 as p99
       from connections c join refresh_attempts r on r.connection_id = c.id,
            (select min(started_at) as at from refresh_attempts) w
      where c.app_id = $1`,
    [prompt.appId],
  );
  process.stdout.write(
    `beside a slow, a hanging and a suspended app: lateness p99 ${(rows[0]?.p99 ?? NaN).toFixed(2)} s\n`,
  );
  expect(rows[0]?.p99).toBeLessThan(5);
  // No more than its slots at once, of which none was free before 12 s.
  expect(hanging.provider.calls).toHaveLength(32);
  expect((await scene.db.query(`select from refresh_attempts where app_id = $1`, [suspended.appId])).rowCount).toBe(0);
  // Ends what still hangs.
  await scene.db.query('update connections set next_refresh_at = null');
  await Promise.all([slowly.provider.close(), hanging.provider.close()]);
}, 60_000);

/** What a test has begun, ended whether or not it passes. */
let after: (() => Promise<void>) | null = null;
afterEach(async () => {
  await after?.();
  after = null;
});

test('an organization with any number of apps at providers that hang leaves places to the others', async () => {
  const hanging = await elsewhere();
  after = () => hanging.provider.close();
  hanging.provider.always('hang');
  const text = `insert into organizations (name, display_name) values ('hungry', 'x') returning id`;
  const organizationId = (await scene.db.query<{ id: string }>(text)).rows[0]?.id ?? '';
  const hungry = { ...hanging, organizationId };
  for (let n = 0; n < 10; n += 1) await addDue(hungry, await addReach(hungry), 6);
  await scene.worker({ inFlight: 50, drainMs: 500 });
  await hanging.provider.received(30);
  const prompt = await addReach(scene);
  await addDue(scene, prompt, 20);
  await until('the others are refreshed', async () => (await refreshedOf(prompt)) === 20);
  expect(hanging.provider.calls.length).toBeLessThan(40);
}, 60_000);

test('an app begins no more refreshes than its allowance lets go, and the rest is not claimed to wait', async () => {
  const reach = await addReach(scene, { maxConcurrent: 1_000 });
  await scene.db.query('update services set max_per_minute = 100 where name = $1', [reach.service]);
  const free = await addReach(scene);
  await addDue(scene, reach, 30);
  const started = performance.now();
  await scene.worker();
  await addDue(scene, free, 30);
  await until('the first have gone', async () => (await refreshedOf(reach)) >= 10);
  await until('the other app is done', async () => (await refreshedOf(free)) === 30);
  const { rows } = await scene.db.query<{ begun: string }>(
    'select count(*) as begun from refresh_attempts where app_id = $1',
    [reach.appId],
  );
  // A tenth at once, then one every 0.6 s.
  expect(Number(rows[0]?.begun)).toBeLessThanOrEqual(10 + Math.ceil((performance.now() - started) / 600));
  await until('one more goes', async () => (await refreshedOf(reach)) >= 11);
});

test('what was used sinks with time, and is forgotten when it is gone', () => {
  let nowMs = 0;
  const buckets = createTokenBuckets(() => nowMs);
  for (let n = 0; n < 5; n += 1) buckets.take('a', 60);
  expect(buckets.spent()).toEqual({ a: 5 });
  nowMs = 2_500;
  expect(buckets.spent()).toEqual({ a: 3 });
  nowMs = 5_000;
  expect(buckets.spent()).toEqual({});
});

test.each<[boolean, string, string, number, number, number]>([
  [true, 'a', 'http_503', 20, 3, 5_000],
  [false, 'a', 'http_503', 19, 3, 5_000],
  [false, 'a', 'http_503', 200, 2, 5_000],
  [false, 'a', 'http_503', 200, 10, 4_000],
  [true, 'a', 'tls.cert_has_expired', 3, 1, 0],
  [false, 'a', 'tls.cert_has_expired', 2, 2, 0],
  [false, '{shop}.a', 'tls.cert_has_expired', 19, 1, 5_000],
  [false, '{shop}.a', 'dns', 100, 1, 5_000],
  [true, '{shop}.a', 'dns', 20, 3, 5_000],
])('%s: that %s is out, by %s %i times from %i in %i ms', (out, host, code, failures, witnesses, spanMs) => {
  expect(isOutage(host, { failures, witnesses, spanMs, code })).toBe(out);
});

test.each([
  ['shop-1.example.com', 'shop-1.example.com'],
  ['somewhere.else', null],
])('behind {tenant}.example.com %s speaks for the others as %s', (askedHost, witness) => {
  const provider = { host: '{tenant}.example.com', hostState: 'well' };
  const claim = { id: 'id', organizationId: 'o', service: 's', startedAt: new Date(), provider };
  const failed = endingWith({ class: 'uncertain', code: 'http_503', retryAfterMs: null });
  const report = hostReport(claim as ClaimedConnection, { ...failed, durationMs: 1, httpStatus: 503, askedHost });
  expect(report?.witness ?? null).toBe(witness);
});

test.each([
  ['https://Accounts.Example.com/token', null, 'accounts.example.com'],
  ['https://example.com:443/token', null, 'example.com'],
  ['http://127.0.0.1:8080/token?x=https://other', null, '127.0.0.1:8080'],
  ['https://example.com/token', 'https://api.example.com/refresh', 'api.example.com'],
  ['https://{tenant}.example.com/token', null, '{tenant}.example.com'],
  ['https://{tenant}/token', null, 'by-its-name'],
  [null, null, null],
])('what an outage concerns: %s, renewed at %s, is %s', async (tokenUrl, refreshUrl, host) => {
  const { rows } = await scene.db.query(
    `insert into services (name, display_name, oauth_type, oauth_token_url, refresh_url)
     values ('by-its-name', 'x', $1, $2, $3) returning renewal_host`,
    [tokenUrl === null ? 'api_key' : 'oauth2', tokenUrl, refreshUrl],
  );
  await scene.db.query(`delete from services where name = 'by-its-name'`);
  expect(rows).toEqual([{ renewal_host: host }]);
});
