import { Client } from 'pg';
import { read, setStage, storeConnection, storeKey, type Stage } from '../serving/stored';
import { call } from '../support/broker';
import { until } from '../support/until';
import { guess } from './guess';

let stage: Stage;
let holder: Client;
beforeAll(async () => {
  stage = await setStage();
  await storeConnection(stage, 'acme', 'token-of-acme');
  holder = new Client({ connectionString: stage.database.url });
  await holder.connect();
});
afterAll(async () => {
  await holder.end();
  await stage.close();
});

test('keys that are made up by the hundred keep nobody waiting whose key is known', async () => {
  const [broker] = stage.brokers;
  const { key } = await storeKey(stage);
  for (let n = 0; n < 2; n++) expect((await read(broker, key, 'acme')).status).toBe(200);
  await holder.query('begin; lock table access_keys in access exclusive mode');
  const told: string[] = [];
  const flood = Array.from({ length: 250 }, async () => {
    told.push(String((await call(`${broker.url}/v1/whoami`, { key: guess() })).json.code));
  });
  try {
    await until('no more are looked up', () => told.includes('overloaded'));
    expect((await read(broker, key, 'acme')).status).toBe(200);
  } finally {
    await holder.query('commit');
  }
  await Promise.all(flood);
  expect(told).not.toContain('undefined');
});

test('those who come with the same key at the same time share one look', async () => {
  const [broker] = stage.brokers;
  const { key } = await storeKey(stage);
  const statuses = await Promise.all(
    Array.from({ length: 300 }, async () => (await call(`${broker.url}/v1/whoami`, { key })).status),
  );
  expect([...new Set(statuses)]).toEqual([200]);
});
