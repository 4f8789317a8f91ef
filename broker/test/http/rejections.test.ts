import { call, startBroker, type TestBroker } from '../support/broker';
import { startProvider, type Provider } from '../support/provider';
import { prepareService, setScene, type Scene } from './scene';

let scene: Scene;
let provider: Provider;
let brokers: TestBroker[];
beforeAll(async () => {
  [scene, provider] = await Promise.all([setScene(), startProvider()]);
  await prepareService(scene, provider.tokenUrl, provider);
  await scene.ask('POST /v1/services', { body: { name: 'keyed', oauthType: 'api_key' } });
  const more = { roots: scene.roots, config: { outbound: { allowPrivate: 'loopback' as const, privateHosts: [] } } };
  brokers = [scene.broker, await startBroker(scene.database, more), await startBroker(scene.database, more)];
  await scene.refresh();
}, 60_000);
afterAll(async () => {
  await Promise.all(brokers.slice(1).map((broker) => broker.close()));
  await scene.close();
  await provider.close();
});
beforeEach(() => provider.reset());

interface Granted {
  accessToken: string;
  fingerprint: string;
  generation: number;
}

/** A connection of its own with a token that lives for an hour. */
async function connect(name: string): Promise<string> {
  const { accessToken, refreshToken } = provider.issue();
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const body = { clientId: 'acme', service: 'crm', name, accessToken, refreshToken, expiresAt };
  return String((await scene.ask('POST /v1/connections', { body })).json.id);
}

async function grant(name: string, rejected?: string, by = 0, service = 'crm'): Promise<Granted> {
  const url = `${brokers[by]?.url ?? ''}/v1/grants`;
  const body = { clientId: 'acme', service, name, ...(rejected === undefined ? {} : { rejected }) };
  const answer = await call(url, { method: 'POST', key: scene.key, body });
  expect(answer.status).toBe(200);
  return answer.json as unknown as Granted;
}

/** A hundred executions in three processes report the same token at once. */
const storm = (name: string, rejected: string): Promise<Granted[]> =>
  Promise.all(Array.from({ length: 100 }, (_, execution) => grant(name, rejected, execution % 3)));

const passes = (id: string, minutes: number) =>
  scene.database.query(
    `update connections set rejected_at = rejected_at - $2::interval, last_attempt_at = last_attempt_at - $2::interval,
            last_refreshed_at = last_refreshed_at - $2::interval where id = $1`,
    [id, `${minutes} minutes`],
  );
const eventsOf = async (id: string) =>
  (
    await scene.database.query<{ data: object }>(
      `select data from outbox where type = 'connection.rejected' and connection_id = $1 order by id`,
      [id],
    )
  ).rows.map(({ data }) => data);

test('a hundred reports of one token cause one refresh, and all of them get the new token', async () => {
  await connect('storm');
  const first = await grant('storm');
  provider.next({ delayMs: 300 });
  const answers = await storm('storm', first.fingerprint);
  expect(provider.calls).toHaveLength(1);
  expect(new Set(answers.map(({ generation }) => generation))).toEqual(new Set([2]));

  // The new one is rejected too: not again within five minutes, and nobody is kept waiting for nothing.
  const second = answers[0] as Granted;
  await storm('storm', second.fingerprint);
  const again = await storm('storm', second.fingerprint);
  expect(new Set(again.map(({ fingerprint }) => fingerprint))).toEqual(new Set([second.fingerprint]));
  // Late reports of the first one, and what is no fingerprint at all.
  expect((await storm('storm', first.fingerprint))[0]).toMatchObject({ generation: 2 });
  for (const garbage of ['', 'x', first.fingerprint.slice(1), `${second.fingerprint} `, '\u0000', "' or 1=1"])
    expect(await grant('storm', garbage)).toMatchObject({ generation: 2 });
  expect(provider.calls).toHaveLength(1);
}, 60_000);

test('while rejections go on, refreshes come after 5, 10, 20 and 40 minutes, then each hour, and from the start after two quiet hours', async () => {
  const id = await connect('windows');
  let { fingerprint } = await grant('windows');
  const report = async (): Promise<boolean> => {
    const calls = provider.calls.length;
    ({ fingerprint } = await grant('windows', fingerprint));
    return provider.calls.length > calls;
  };
  expect(await report()).toBe(true);
  for (const minutes of [5, 10, 20, 40, 60, 60]) {
    await passes(id, minutes - 0.5);
    expect({ minutes, early: await report() }).toEqual({ minutes, early: false });
    await passes(id, 0.5);
    expect({ minutes, refreshed: await report() }).toEqual({ minutes, refreshed: true });
  }
  await passes(id, 121);
  expect(await report()).toBe(true);
  await passes(id, 5);
  expect(await report()).toBe(true);
  await passes(id, 5);
  expect(await report()).toBe(false);
}, 120_000);

test('rejections that go on for months are still counted', async () => {
  const id = await connect('months');
  await grant('months', (await grant('months')).fingerprint);
  await scene.database.query('update connections set rejected_count = 5000 where id = $1', [id]);
  await passes(id, 61);
  const next = await grant('months');
  expect(await grant('months', next.fingerprint)).toMatchObject({ generation: next.generation + 1 });
});

test('a key that nothing renews is told of once in each window, and served as it is', async () => {
  const body = { clientId: 'acme', service: 'keyed', apiKey: 'k-1' };
  const id = String((await scene.ask('POST /v1/connections', { body })).json.id);
  const { fingerprint } = await grant('default', undefined, 0, 'keyed');
  const report = () => Promise.all([0, 1, 2].map((by) => grant('default', fingerprint, by, 'keyed')));
  await report();
  expect(await report()).toHaveLength(3);
  expect(await eventsOf(id)).toEqual([{ reason: 'token_rejected', generation: 1, renewable: false, windows: 1 }]);
  await passes(id, 5);
  await report();
  expect(await eventsOf(id)).toHaveLength(2);
});

test('a token that is rejected again after its refresh is told of; the first rejection is not', async () => {
  const id = await connect('again');
  const { fingerprint } = await grant('again');
  const next = await grant('again', fingerprint);
  expect(await eventsOf(id)).toEqual([]);
  await passes(id, 5);
  await grant('again', next.fingerprint);
  expect(await eventsOf(id)).toEqual([{ reason: 'token_rejected', generation: 2, renewable: true, windows: 2 }]);
});
