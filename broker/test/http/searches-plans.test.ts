import type { Tx } from '../../src/db/database';
import { listClients } from '../../src/repositories/clients';
import { setScene, type Scene } from '../refresh/scene';
import { buffersOf, connectExplained, type Explained, type PlanNode } from '../support/explained';

// A search walks the key of its organization until the page is full: the clients of others cost it nothing.
const MANY = 10_000;
const FEW = 20;

let scene: Scene;
let serving: Explained;
let crowded: string;
beforeAll(async () => {
  scene = await setScene();
  await scene.db.query('alter table clients set (autovacuum_enabled = off)');
  const { rows } = await scene.db.query<{ id: string }>(
    `insert into organizations (name, display_name) values ('crowded', 'Crowded') returning id`,
  );
  crowded = (rows[0] as { id: string }).id;
  const fill = (organizationId: string, count: number) =>
    scene.db.query(
      `insert into clients (organization_id, client_id, name) select $1, 'c' || lpad(n::text, 6, '0'), 'Name ' || n from generate_series(1, ${count}) n`,
      [organizationId],
    );
  await fill(crowded, MANY);
  await fill(scene.organizationId, FEW);
  serving = await connectExplained(scene.db.url, 'otobot_serve');
});
afterAll(async () => {
  await serving.close();
  await scene.close();
});

async function search(organizationId: string, text: string): Promise<{ found: number; buffers: number }> {
  await serving.query({ text: `set otobot.organization_id = '${organizationId}'` });
  serving.plans();
  const tx: Tx = { query: (statement) => serving.query(statement), transaction: true };
  const found = await listClients(tx, organizationId, { limit: 10, after: null, only: null, search: text });
  return { found: found.length, buffers: buffersOf(serving.plans().at(-1) as PlanNode) };
}

test.each(['never analyzed', 'analyzed'])('a search costs what its own organization holds (%s)', async (statistics) => {
  if (statistics === 'analyzed') await scene.db.query('analyze clients');
  const all = await search(crowded, 'nobody');
  expect(all.found).toBe(0);
  const own = await search(scene.organizationId, 'nobody');
  expect(own.found).toBe(0);
  expect(own.buffers).toBeLessThan(all.buffers / 5);
  const page = await search(crowded, 'name');
  expect(page.found).toBe(10);
  // Without statistics PostgreSQL takes them for few, and reads them all to sort them.
  expect(page.buffers).toBeLessThan(statistics === 'analyzed' ? all.buffers / 5 : all.buffers * 1.1);
});
