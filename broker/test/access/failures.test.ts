import { connectDatabase } from '../../src/db/database';
import { forgetFailures } from '../../src/repositories/failures';
import { bucketOfAddress, createFailures } from '../../src/services/access/failures';
import { networkOf } from '../../src/services/access/network';
import { setScene, type Scene } from '../http/scene';
import { call, silent, startBroker, type TestBroker } from '../support/broker';
import { until } from '../support/until';
import { guess, madeUpId } from './guess';

let scene: Scene;
/** Two processes behind one proxy, which says from where a request comes. */
let brokers: [TestBroker, TestBroker];
beforeAll(async () => {
  scene = await setScene();
  const behindProxy = { roots: scene.roots, config: { trustProxy: 1 } };
  brokers = [await startBroker(scene.database, behindProxy), await startBroker(scene.database, behindProxy)];
});
afterAll(async () => {
  await Promise.all(brokers.map((broker) => broker.close()));
  await scene.close();
});

const ask = (key: string, address: string, by = brokers[0]) =>
  call(`${by.url}/v1/whoami`, { key, headers: { 'x-forwarded-for': address } });
const tell = () => Promise.all(brokers.map(({ broker }) => broker.failures.flush()));
const rows = async (like: string) =>
  (await scene.database.query<{ count: number }>('select count from failures where bucket like $1', [like])).rows;

async function statuses(times: number, one: (turn: number) => Promise<{ status: number }>): Promise<string> {
  const seen: number[] = [];
  for (let turn = 0; turn < times; turn++) seen.push((await one(turn)).status);
  return [...new Set(seen)].map((status) => `${status}×${seen.filter((other) => other === status).length}`).join(' ');
}

test('wrong secrets for a key are slowed from wherever they come, and its owner is not, not even at the same address', async () => {
  const { id, key } = await scene.mint({ scopes: ['clients:read'] });
  expect((await ask(key, '192.0.2.10')).status).toBe(200);
  expect(await statuses(20, (turn) => ask(guess(id), `198.51.100.${turn}`))).toBe('401×10 429×10');
  const refused = await ask(guess(id), '198.51.100.1');
  expect(refused.json).toMatchObject({ code: 'rate_limited' });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  for (const by of brokers)
    for (const address of ['192.0.2.10', '198.51.100.1']) expect((await ask(key, address, by)).status).toBe(200);
});

test('an id that nobody has is slowed like one that somebody has', async () => {
  const id = madeUpId();
  expect(await statuses(20, (turn) => ask(guess(id), `198.51.101.${turn}`))).toBe('401×10 429×10');
});

test('all processes count together', async () => {
  const { id } = await scene.mint({ scopes: ['clients:read'] });
  const spread = (turn: number) => ask(guess(id), `198.51.102.${turn}`, brokers[turn % 2 === 0 ? 0 : 1]);
  expect(await statuses(10, spread)).toBe('401×10');
  await tell();
  // What the others told, each hears with the next that it tells.
  await statuses(2, spread);
  await tell();
  expect(await statuses(2, spread)).toBe('429×2');
});

test('guesses from one address are slowed, and whoever has a key there is not', async () => {
  const { key } = await scene.mint({ scopes: ['clients:read'] });
  expect(await statuses(64, () => ask(guess(), '192.0.2.20'))).toBe('401×60 429×4');
  expect((await ask(key, '192.0.2.20')).status).toBe(200);
  expect((await ask(guess(), '192.0.2.21')).status).toBe(401);
});

test('every spelling of an address is the same one, and an IPv6 network is one address', async () => {
  const same = ['192.0.2.30', '::ffff:192.0.2.30', '::ffff:c000:21e', '0:0:0:0:0:ffff:c000:021e'];
  expect(await statuses(64, (turn) => ask(guess(), same[turn % same.length] ?? ''))).toBe('401×60 429×4');
  expect(await statuses(64, (turn) => ask(guess(), `2001:db8:0:7::${turn.toString(16)}`))).toBe('401×60 429×4');
  expect((await ask(guess(), '2001:db8:0:8::1')).status).toBe(401);
});

test('whoever makes up addresses without a proxy in front has one all the same', async () => {
  const spoofed = (turn: number) => ask(guess(), `203.0.113.${turn}`, scene.broker);
  expect(await statuses(64, spoofed)).toBe('401×60 429×4');
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:DB8::1:0:0:1', '2001:db8::/64'],
  ['fe80::1%eth0', 'fe80::/64'],
  ['::1', '::/64'],
  ['garbage', 'unknown'],
  [null, 'unknown'],
])('%s belongs to %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('who comes with another id and from another address each time leaves no row', async () => {
  await Promise.all(Array.from({ length: 200 }, (_, n) => ask(guess(), `203.0.113.${n}`, brokers[1])));
  await tell();
  expect(await rows('from 203.0.113.%')).toEqual([]);
  const { rows: all } = await scene.database.query<{ secrets: number }>(
    `select count(*)::int as secrets from failures where length(bucket) > 64`,
  );
  expect(all).toEqual([{ secrets: 0 }]);
});

test('counts end with their minute, and their rows are swept', async () => {
  const { id } = await scene.mint({ scopes: ['clients:read'] });
  await statuses(12, () => ask(guess(id), '192.0.2.40'));
  await tell();
  expect(await rows(`key ${id}`)).toEqual([{ count: 12 }]);
  const worker = connectDatabase({ url: scene.database.url, role: 'otobot_refresh', max: 1, log: silent });
  await scene.database.query(`update failures set ends_at = ends_at - interval '2 minutes'`);
  await statuses(1, () => ask(guess(id), '192.0.2.40'));
  await tell();
  expect(await rows(`key ${id}`)).toEqual([{ count: 1 }]);
  await scene.database.query(
    `update failures set ends_at = ends_at - interval '2 minutes', told_at = told_at - interval '2 hours'`,
  );
  await forgetFailures(worker);
  await worker.close();
  expect(await rows('%')).toEqual([]);
});

test('whose key is attacked finds it in the audit, once an hour', async () => {
  const { id } = await scene.mint({ scopes: ['clients:read'] }, 'other');
  const attack = async () => {
    await statuses(12, (turn) => ask(guess(id), `198.51.103.${turn}`, brokers[turn % 2 === 0 ? 0 : 1]));
    await tell();
    await tell();
    await scene.database.query(`update failures set ends_at = ends_at - interval '2 minutes'`);
    // The processes find the window over with what they tell next.
    await statuses(6, (turn) => ask(guess(id), `198.51.103.${turn}`, brokers[turn % 2 === 0 ? 0 : 1]));
    await tell();
  };
  const told = async () =>
    (
      await scene.database.query<{ organization: string; detail: object }>(
        `select o.name as organization, detail from audit a join organizations o on o.id = a.organization_id
          where action = 'key.under_attack' and detail->>'accessKeyId' = $1`,
        [id],
      )
    ).rows;
  await attack();
  await until('it is told', async () => (await told()).length === 1);
  expect(await told()).toEqual([
    { organization: 'other', detail: { accessKeyId: id, wrongSecrets: expect.any(Number) as unknown } },
  ]);
  await attack();
  expect(await told()).toHaveLength(1);
  await scene.database.query(`update failures set told_at = told_at - interval '61 minutes'`);
  await attack();
  await until('it is told again', async () => (await told()).length === 2);
});

test('while the database is away each process counts for itself', async () => {
  const database = connectDatabase({ url: 'postgres://127.0.0.1:1/none', role: 'otobot_audit', max: 1, log: silent });
  let warned = 0;
  const failures = createFailures({
    ...{ database, log: { ...silent, warn: () => (warned += 1) } },
    refusals: { note: () => undefined, flush: () => Promise.resolve() },
  });
  const bucket = bucketOfAddress({ address: '192.0.2.50' });
  for (let turn = 1; turn <= 5; turn++) expect(failures.count(bucket).count).toBe(turn);
  await failures.flush();
  expect(warned).toBe(1);
  expect(failures.count(bucket).count).toBe(6);
  await failures.close();
  await database.close();
});
