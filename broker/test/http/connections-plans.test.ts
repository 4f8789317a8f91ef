import type { Tx } from '../../src/db/database';
import { listConnections, type ConnectionFilter } from '../../src/repositories/connections';
import { addReach, setScene, type Scene } from '../refresh/scene';
import { buffersOf, connectExplained, type Explained, type PlanNode } from '../support/explained';

// A page of connections costs a page, however many there are, whatever PostgreSQL believes about that, and wherever the page begins.
const MANY = 10_000;
const LIMIT = 50;
/** To show one: its row, twice, its tokens, client and app. */
const BUFFERS_PER_CONNECTION = 20;
const FULL_PAGE = LIMIT * BUFFERS_PER_CONNECTION;

let scene: Scene;
let serving: Explained;
let service: string;
beforeAll(async () => {
  scene = await setScene();
  await scene.db.query('alter table connections set (autovacuum_enabled = off)');
  ({ service } = await addReach(scene));
  await fill();
  serving = await connectExplained(scene.db.url, 'otobot_serve');
  await serving.query({ text: `set otobot.organization_id = '${scene.organizationId}'` });
});
afterAll(async () => {
  await serving.close();
  await scene.close();
});

async function fill(): Promise<void> {
  await scene.db.query(
    `with named as (
       insert into clients (organization_id, client_id, name)
       select $1, 'c' || n, 'n' from generate_series(1, ${MANY}) n returning client_id
     ), made as (
       insert into connections (organization_id, client_id, service, name, kind, generation)
       select $1, client_id, $2, 'default', 'oauth2', 1 from named returning id)
     insert into token_sets (organization_id, connection_id, generation, kind, access_sealed, access_key_version, token_type, expires_at)
     select $1, id, 1, 'current', '\\x00', 1, 'Bearer', otobot_now() + interval '1 hour' from made`,
    [scene.organizationId, service],
  );
}

const NONE: ConnectionFilter = { onlyClients: null, onlyServices: null };

async function buffersOfPage(
  filter: Partial<ConnectionFilter>,
  after: string | null,
  expected: number,
): Promise<number> {
  const tx: Tx = { query: (statement) => serving.query(statement), transaction: true };
  const which = { limit: LIMIT, after, filter: { ...NONE, ...filter } };
  expect(await listConnections(tx, scene.organizationId, which)).toHaveLength(expected);
  return buffersOf(serving.plans().at(-1) as PlanNode);
}

/** The middle of all ids. */
const MIDDLE = '80000000-0000-4000-8000-000000000000';

test.each(['never analyzed', 'analyzed'])('a page of 10,000 connections costs a page (%s)', async (statistics) => {
  if (statistics === 'analyzed') await scene.db.query('analyze');
  for (const filter of [{}, { status: 'active' }, { service }] as const) {
    for (const after of [null, MIDDLE]) expect(await buffersOfPage(filter, after, LIMIT)).toBeLessThan(FULL_PAGE);
  }
  expect(await buffersOfPage({ clientId: 'c77' }, null, 1)).toBeLessThan(3 * BUFFERS_PER_CONNECTION);
  for (const more of [{ service }, { service, name: 'default' }])
    expect(await buffersOfPage({ clientId: 'c77', ...more }, null, 1)).toBeLessThan(3 * BUFFERS_PER_CONNECTION);
  expect(await buffersOfPage({ onlyClients: ['c5', 'c6'] }, null, 2)).toBeLessThan(4 * BUFFERS_PER_CONNECTION);
  expect(await buffersOfPage({ status: 'backoff' }, null, 0)).toBeLessThan(BUFFERS_PER_CONNECTION);
});
