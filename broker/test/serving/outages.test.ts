import { randomUUID } from 'node:crypto';
import { call } from '../support/broker';
import { read, setStage, storeConnection, storeKey, type Stage } from './stored';

let stage: Stage;
let key: string;
beforeAll(async () => {
  stage = await setStage();
  ({ key } = await storeKey(stage));
});
afterAll(() => stage.close());
afterEach(async () => {
  await stage.database.query('delete from provider_incidents');
  await stage.database.query('delete from app_pauses');
});

const appId = randomUUID();
beforeAll(() =>
  stage.database.query(
    `insert into apps (id, organization_id, service, oauth_client_id, client_secrets_sealed, client_secrets_key_version)
     values ($1, $2, 'crm', 'app', '', 1)`,
    [appId, stage.organizationId],
  ),
);

/** A connection that a worker would renew. */
async function renewable(clientId: string, lifeSeconds: number): Promise<void> {
  const id = await storeConnection(stage, clientId, `token-of-${clientId}`, 3_600);
  await stage.database.query('update connections set app_id = $2 where id = $1', [id, appId]);
  await stage.database.query(
    `update token_sets set refresh_sealed = '\\x00', refresh_key_version = access_key_version,
            expires_at = otobot_now() + make_interval(secs => $2) where connection_id = $1`,
    [id, lifeSeconds],
  );
}
const goesOut = () =>
  stage.database.query(
    `insert into provider_incidents (host, code, failing_since, last_failure_at, opened_at, next_probe_at)
     values ('crm.example', 'http_503', otobot_now(), otobot_now(), otobot_now(), otobot_now() + interval '14 seconds')`,
  );
const isPaused = (seconds: number) =>
  stage.database.query(
    `insert into app_pauses (app_id, organization_id, code, until) values ($1, $2, 'http_429', otobot_now() + make_interval(secs => $3))`,
    [appId, stage.organizationId, seconds],
  );
async function timed<T>(work: Promise<T>): Promise<{ answer: T; ms: number }> {
  const startedAt = performance.now();
  const answer = await work;
  return { answer, ms: performance.now() - startedAt };
}
/** Far below the 5 s that a reader waits for a refresh that may come. */
const AT_ONCE_MS = 2_500;

test('while a provider is out a token that is still valid is served at once', async () => {
  await goesOut();
  await renewable('alive', 30);
  const { answer, ms } = await timed(read(stage.brokers[0], key, 'alive'));
  expect(answer).toMatchObject({ status: 200, json: { accessToken: 'token-of-alive' } });
  expect(ms).toBeLessThan(AT_ONCE_MS);
});

test('while a provider is out nobody waits for a dead token: the answer names the host and when to come again', async () => {
  await goesOut();
  await renewable('dead', -1);
  const { answer, ms } = await timed(read(stage.brokers[0], key, 'dead'));
  expect(answer).toMatchObject({ status: 503, json: { code: 'refresh_pending' } });
  expect(answer.json.detail).toMatch(/crm\.example has been out since .* \(http_503\)/);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(10);
  expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(14);
  expect(ms).toBeLessThan(AT_ONCE_MS);
});

test('nor for a promise that only a refresh would keep, nor for a token that the API rejects', async () => {
  await goesOut();
  await renewable('promised', 100);
  const { answer, ms } = await timed(read(stage.brokers[0], key, 'promised', '?minTtl=1000'));
  expect(answer).toMatchObject({ status: 503, json: { code: 'refresh_pending' } });
  expect(ms).toBeLessThan(AT_ONCE_MS);
  const { json } = await read(stage.brokers[0], key, 'promised');
  const body = { clientId: 'promised', service: 'crm', rejected: json.fingerprint };
  const again = await timed(call(`${stage.brokers[0].url}/v1/grants`, { method: 'POST', key, body }));
  expect(again.answer).toMatchObject({ status: 200, json: { accessToken: 'token-of-promised' } });
  expect(again.ms).toBeLessThan(AT_ONCE_MS);
});

test('while an app is paused a reader waits no longer than the pause lets him', async () => {
  await isPaused(300);
  await renewable('paused', -1);
  const { answer, ms } = await timed(read(stage.brokers[0], key, 'paused'));
  expect(answer).toMatchObject({ status: 503, json: { code: 'refresh_pending' } });
  expect(answer.json.detail).toMatch(/asked for fewer requests \(http_429\)/);
  expect(answer.headers.get('retry-after')).toBe('60');
  expect(ms).toBeLessThan(AT_ONCE_MS);
});
