import { createFactsCache } from '../../src/services/credentials/facts-cache';
import { setStage, storeConnection, type Stage } from './stored';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

test('what is found twice is at hand from then on, with its answer; all of it is forgotten at once', async () => {
  await storeConnection(stage, 'acme', 'token-of-acme');
  const { database, clock } = stage.brokers[0].broker;
  const cache = createFactsCache(database, clock);
  const name = { organizationId: stage.organizationId, clientId: 'acme', service: 'crm', name: 'default' };
  expect(cache.recall(name)).toBeUndefined();
  const loaded = await cache.find(name);

  const first = cache.recall(name);
  const second = cache.recall(name);
  expect([first?.facts, second?.facts]).toEqual([loaded, loaded]);
  expect(second).not.toBe(first);
  expect(cache.recall(name)).toBe(second);

  if (first?.facts.connection == null || second?.facts.connection == null) throw new Error('nothing was remembered');
  const answer = { connection: second.facts.connection, length: 0, write: () => undefined, bytes: 0 };
  cache.keep(name, first, { ...answer, connection: first.facts.connection });
  expect(cache.recall(name)?.answer).toBeNull();
  cache.keep(name, second, answer);
  expect(cache.recall(name)).toEqual({ facts: loaded, answer });

  expect(cache.forget(name)).toBe(true);
  expect([cache.recall(name), cache.forget(name)]).toEqual([undefined, false]);
});
