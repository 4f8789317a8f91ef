import { claimDeliveries } from '../../src/repositories/webhook-claims';
import { dispatchEvents } from '../../src/repositories/webhook-dispatch';
import { buffersOf, connectExplained, nodesOf, type Explained, type PlanNode } from '../support/explained';
import { setScene, type Scene } from './scene';

// What it costs to find what is to be told must not depend on what was told before, nor on how much waits for an endpoint that takes nothing.
const MANY = 20_000;

let scene: Scene;
let worker: Explained;
beforeAll(async () => {
  scene = await setScene();
  for (const table of ['outbox', 'webhook_deliveries'])
    await scene.database.query(`alter table ${table} set (autovacuum_enabled = off)`);
  worker = await connectExplained(scene.database.url);
}, 60_000);
afterAll(async () => {
  await worker.close();
  await scene.close();
});

const fill = (): Promise<unknown> =>
  scene.database.query(
    `insert into outbox (organization_id, type, dispatched_at) select id, 'app.recovered', now() from organizations, generate_series(1, $1::int)
      where name = 'default'`,
    [MANY],
  );
const dispatch = async (): Promise<PlanNode> => {
  await dispatchEvents(worker, { limit: 250, types: ['app.recovered'], passing: [] });
  return worker.plans().at(-1) as PlanNode;
};
const claim = async (perWebhook: number): Promise<PlanNode> => {
  const nothing = { webhooks: new Map<string, number>(), organizations: new Map<string, number>() };
  await claimDeliveries(worker, nothing, { perWebhook, perOrganization: 40, inAll: 200 });
  return worker.plans().at(-1) as PlanNode;
};
const scanned = (plan: PlanNode): unknown[] =>
  nodesOf(plan)
    .filter((node) => node['Node Type'] === 'Seq Scan')
    .map((node) => node['Relation Name']);

test('neither what was dispatched nor what waits is read to find what is to be done', async () => {
  await scene.listen();
  const before = { dispatch: await dispatch(), claim: await claim(10) };
  await fill();
  await scene.database.query(
    `insert into webhook_deliveries (organization_id, webhook_id, event_id) select e.organization_id, w.id, e.id from outbox e, webhooks w`,
  );
  for (const state of ['as filled', 'analyzed']) {
    if (state === 'analyzed') await scene.database.query('analyze outbox, webhook_deliveries, webhooks');
    const plan = await dispatch();
    expect([state, buffersOf(plan) - buffersOf(before.dispatch) < 50]).toEqual([state, true]);
    const ten = await claim(10);
    expect([state, buffersOf(ten) - buffersOf(before.claim) < 1_000]).toEqual([state, true]);
    for (const each of [plan, ten]) {
      expect(scanned(each)).not.toContain('outbox');
      expect(scanned(each)).not.toContain('webhook_deliveries');
    }
    // An endpoint that takes nothing costs a look at its row.
    await scene.database.query(`update webhooks set failures = 9, probe_at = now() + interval '1 hour'`);
    expect([state, buffersOf(await claim(10)) - buffersOf(before.claim) < 50]).toEqual([state, true]);
    await scene.database.query('update webhooks set failures = 0');
  }
}, 60_000);
