import type { Tx } from '../../src/db/database';
import { listAudit } from '../../src/repositories/audit-reading';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { buffersOf, connectExplained, type Explained, type PlanNode } from '../support/explained';

// A page of the audit costs a page, however long the day was, and whatever PostgreSQL believes about that.
const MANY = 50_000;
const LIMIT = 50;
const FULL_PAGE = 300;

let database: TestDatabase;
let serving: Explained;
let organizationId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  const { rows } = await database.query<{ id: string }>(`select id from organizations where name = 'default'`);
  organizationId = rows[0]?.id ?? '';
  await database.query(
    `insert into audit (occurred_at, process_id, sequence, organization_id, action, code, actor)
     select otobot_now() - (n / 15) * interval '10 milliseconds', gen_random_uuid(), n, $1, 'credential.read', 'released', 'key:a'
       from generate_series(1, ${MANY}) n`,
    [organizationId],
  );
  serving = await connectExplained(database.url, 'otobot_serve');
  await serving.query({ text: `set otobot.organization_id = '${organizationId}'` });
});
afterAll(async () => {
  await serving.close();
  await database.drop();
});

test.each(['never analyzed', 'analyzed'])('a page is read from the index in its order (%s)', async (statistics) => {
  if (statistics === 'analyzed') await database.query('analyze audit');
  const until = new Date(Date.now() - 10_000);
  const filter = { since: new Date(0), until, onlyClients: null, onlyServices: null };
  for (const order of ['newest first', 'oldest first'] as const) {
    await serving.query({ text: 'begin' });
    const tx: Tx = { query: (statement) => serving.query(statement), transaction: true };
    expect(await listAudit(tx, organizationId, { limit: LIMIT, after: null, filter, order })).toHaveLength(LIMIT);
    await serving.query({ text: 'commit' });
    const plan = serving.plans().at(-1) as PlanNode;
    expect(buffersOf(plan)).toBeLessThan(FULL_PAGE);
  }
});
