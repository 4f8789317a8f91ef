import { Client } from 'pg';
import { until } from '../support/until';
import { read, released, setStage, storeConnection, storeKey, type Stage } from './stored';

let stage: Stage;
let key: string;

beforeAll(async () => {
  stage = await setStage();
  ({ key } = await storeKey(stage));
  await storeConnection(stage, 'acme', 'token-of-acme');
});
afterAll(() => stage.close());

test('what cannot be audited within 2 s is not released', async () => {
  expect((await read(stage.brokers[0], key, 'acme')).status).toBe(200);
  const before = await released(stage);
  const blocker = new Client({ connectionString: stage.database.url });
  await blocker.connect();
  await blocker.query('begin; lock table audit in access exclusive mode');
  const startedAt = performance.now();
  const answers = await Promise.all([1, 2, 3].map(() => read(stage.brokers[0], key, 'acme')));
  expect(performance.now() - startedAt).toBeLessThan(4_000);
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 503, json: { code: 'audit_unavailable' } });
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(answer.text).not.toContain('token-of-acme');
  }
  await blocker.query('rollback');
  await blocker.end();
  await until('the audit is free again', async () => (await read(stage.brokers[0], key, 'acme')).status === 200);
  expect(await released(stage)).toBeGreaterThan(before);
});

test('backends that are cut off under load cost no answer without audit', async () => {
  const before = await released(stage);
  let served = 0;
  const reader = async (): Promise<void> => {
    for (let i = 0; i < 60; i++)
      if ((await read(stage.brokers[i % 2 === 0 ? 0 : 1], key, 'acme')).status === 200) served++;
  };
  const readers = Array.from({ length: 8 }, reader);
  for (let i = 0; i < 5; i++) {
    await stage.database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'otobot otobot_%'`,
    );
  }
  await Promise.all(readers);
  expect(served).toBeGreaterThan(300);
  expect((await released(stage)) - before).toBeGreaterThanOrEqual(served);
  expect((await read(stage.brokers[0], key, 'acme')).status).toBe(200);
});
