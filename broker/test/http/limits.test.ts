import { connectDatabase, type Database } from '../../src/db/database';
import type { Logger } from '../../src/log/logger';
import { startHeartbeat, type Heartbeat } from '../../src/services/heartbeat';
import { call, silent, startBroker, type Answer, type TestBroker } from '../support/broker';
import { startDatabaseProxy, type DatabaseProxy } from '../support/database-proxy';
import { withClient } from '../support/postgres-statements';
import { until } from '../support/until';
import { setScene, type Scene } from './scene';

let scene: Scene;
let serving = 1;
let broker: TestBroker;
beforeAll(async () => {
  scene = await setScene();
  broker = await startBroker(scene.database, {
    roots: scene.roots,
    config: { rateLimitPerMinute: 12 },
    share: () => serving,
  });
});
afterAll(async () => {
  await broker.close();
  await scene.close();
});

/** A request of a key that made none before. */
async function askAfresh(): Promise<Answer> {
  const { key } = await scene.mint();
  return call(`${broker.url}/v1/whoami`, { key });
}
const quotaOf = ({ headers }: Answer): number => Number(/q=(\d+)/.exec(headers.get('ratelimit-policy') ?? '')?.[1]);

describe('a key may ask', () => {
  test.each([
    [1, 12],
    [4, 3],
    [5, 2],
    [100, 1],
  ])('of %i processes that serve each for its share, which the headers tell', async (processes, share) => {
    serving = processes;
    expect(quotaOf(await askAfresh())).toBe(share);
  });

  test('for the share, and hears after that when to come again', async () => {
    serving = 4;
    const { key } = await scene.mint();
    const ask = (): Promise<Answer> => call(`${broker.url}/v1/whoami`, { key });
    const answers = [await ask(), await ask(), await ask(), await ask()];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(answers[3]?.json).toMatchObject({ code: 'rate_limited' });
    expect(Number(answers[3]?.headers.get('retry-after'))).toBeGreaterThan(0);
    serving = 1; // the others are gone, and within the same minute the whole is his
    expect((await ask()).status).toBe(200);
  });

  test('for the share of a limit of its own', async () => {
    serving = 4;
    const { key } = await scene.mint({ limits: { ratePerMinute: 40 } });
    expect(quotaOf(await call(`${broker.url}/v1/whoami`, { key }))).toBe(10);
  });
});

describe('a process that serves', () => {
  let proxy: DatabaseProxy;
  let database: Database;
  const hearts: Heartbeat[] = [];
  let failed = 0;
  const log: Logger = { ...silent, warn: () => (failed += 1) };
  beforeAll(async () => {
    proxy = await startDatabaseProxy(scene.database.url);
    database = connectDatabase({ url: proxy.url, role: 'otobot_serve', max: 2, log: silent });
  });
  afterAll(async () => {
    proxy.mend();
    await Promise.all(hearts.map((heart) => heart.stop()));
    await database.close();
    await proxy.close();
  });

  async function begin(role: 'serve' | 'refresh', id: string): Promise<Heartbeat> {
    const { vault } = scene.broker.broker;
    const heart = await startHeartbeat({ database, vault, log, id, role, version: '0' });
    hearts.push(heart);
    return heart;
  }
  const idOf = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`;

  test('leaves no row behind, also where it was just beating', async () => {
    const heart = await begin('serve', idOf(9));
    await scene.database.query(`create function otobot_test_wait() returns trigger language plpgsql
      as $$ begin perform pg_advisory_xact_lock(9); return new; end $$`);
    await scene.database.query(
      'create trigger test_wait before insert on processes for each row execute function otobot_test_wait()',
    );
    await withClient(scene.database.url, async (holder) => {
      await holder.query('select pg_advisory_lock(9)');
      heart.beat();
      const waits = `select from pg_locks where locktype = 'advisory' and not granted`;
      await until('the beat is under way', async () => (await holder.query(waits)).rows.length > 0);
      const stopping = heart.stop();
      await database.query({ text: 'select' }); // on the other connection, behind whatever stop() did there
      await holder.query('select pg_advisory_unlock(9)');
      await stopping;
      await until('nobody waits', async () => (await holder.query(waits)).rows.length === 0);
    });
    await database.query({ text: 'select' });
    await scene.database.query('drop trigger test_wait on processes; drop function otobot_test_wait()');
    const { rows } = await scene.database.query('select from processes where id = $1', [idOf(9)]);
    expect(rows).toEqual([]);
  });

  test('knows how many do; workers and the dead do not count', async () => {
    const first = await begin('serve', idOf(1));
    expect(first.serving()).toBe(1);
    await begin('refresh', idOf(2));
    const second = await begin('serve', idOf(3));
    expect(second.serving()).toBe(2);
    first.beat();
    await until('the first has heard of the second', () => first.serving() === 2);

    await scene.database.query(`update processes set seen_at = seen_at - interval '21 seconds' where id = $1`, [
      idOf(3),
    ]);
    first.beat();
    await until('the second counts as gone', () => first.serving() === 1);
  });

  test('keeps the last number while the database is away', async () => {
    const [first] = hearts;
    first?.beat();
    const third = await begin('serve', idOf(4));
    const known = third.serving();
    expect(known).toBeGreaterThan(1);
    proxy.cut();
    third.beat();
    await until('a beat has failed', () => failed > 0);
    expect(third.serving()).toBe(known);
  });
});
