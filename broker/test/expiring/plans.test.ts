import type { Tx } from '../../src/db/database';
import { listConnections } from '../../src/repositories/connections';
import { findDueNotices } from '../../src/repositories/notices';
import { addReach, setScene, type Scene } from '../refresh/scene';
import { buffersOf, connectExplained, nodesOf, type Explained, type PlanNode } from '../support/explained';

// What it costs to find ends that are near must not depend on how many connections there are, nor on what PostgreSQL believes about that.
const FEW = 1_000;
const MANY = 30_000;
const NEAR = 50;
/** To show one: its row, twice, its tokens, client and app. */
const BUFFERS_PER_CONNECTION = 15;

let scene: Scene;
let worker: Explained;
beforeAll(async () => {
  scene = await setScene();
  await scene.db.query('alter table connections set (autovacuum_enabled = off)');
});
beforeEach(async () => {
  worker = await connectExplained(scene.db.url);
});
afterEach(() => worker.close());
afterAll(() => scene.close());

/** Connections whose consent ends in 100 days, of which the first ones end in 6. */
async function fill(from: number, to: number, service: string): Promise<void> {
  await scene.db.query(
    `insert into connections (organization_id, service, name, kind, absolute_expires_at)
     select $1, $2, 'n' || n, 'oauth2', otobot_now() + make_interval(days => case when n < ${NEAR} then 6 else 100 end)
       from generate_series(${from}, ${to - 1}) n`,
    [scene.organizationId, service],
  );
}

const inTransaction = (): Tx => ({ query: (statement) => worker.query(statement), transaction: true });
const look = async (): Promise<PlanNode> => {
  expect(await findDueNotices(inTransaction(), 25)).toHaveLength(25);
  return worker.plans().at(-1) as PlanNode;
};
/** As serving has it: a worker's own settings leave PostgreSQL no choice but keys, and a worker lists no connections. */
const LEFT_TO_STATISTICS = ['seqscan', 'bitmapscan', 'hashjoin', 'mergejoin', 'material'];
const list = async (): Promise<PlanNode> => {
  for (const way of LEFT_TO_STATISTICS) await worker.query({ text: `set enable_${way} = on` });
  await worker.query({ text: 'set plan_cache_mode = auto' });
  await worker.query({ text: 'set role none' });
  const filter = { consentEndsWithinSeconds: 14 * 86_400, onlyClients: null, onlyServices: null };
  const found = await listConnections(inTransaction(), scene.organizationId, {
    limit: 100,
    after: null,
    filter,
  });
  expect(found).toHaveLength(NEAR);
  const plan = worker.plans().at(-1) as PlanNode;
  await worker.query({ text: 'set role otobot_refresh' });
  return plan;
};
const readsAll = (plan: PlanNode): boolean =>
  nodesOf(plan).some((node) => node['Node Type'] === 'Seq Scan' && node['Relation Name'] === 'connections');

test('ends that are near are found by key, among 30,000 connections as among 1,000, with and without statistics', async () => {
  const { service } = await addReach(scene);
  await fill(0, FEW, service);
  const few = buffersOf(await look());
  await fill(FEW, MANY, service);
  for (const statistics of ['', 'analyze connections']) {
    if (statistics !== '') await scene.db.query(statistics);
    const looked = await look();
    const listed = await list();
    for (const plan of [looked, listed]) expect(readsAll(plan)).toBe(false);
    expect(buffersOf(looked)).toBeLessThan(1.5 * few);
    expect(buffersOf(listed)).toBeLessThan(NEAR * BUFFERS_PER_CONNECTION);
  }
});
