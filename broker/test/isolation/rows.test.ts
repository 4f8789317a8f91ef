import type { Client } from 'pg';
import { withClient } from '../support/postgres-statements';
import { setStage, type Stage } from './stage';
import { fillTheRest, tenantTables, type TenantTable } from './tenant-rows';

let stage: Stage;
let tables: TenantTable[];
let ids: { beta: string; gamm: string };
beforeAll(async () => {
  stage = await setStage();
  await fillTheRest(stage.database);
  tables = await tenantTables(stage.database);
  const { rows } = await stage.database.query<{ id: string; name: string }>('select id, name from organizations');
  const idOf = (name: string): string => rows.find((row) => row.name === name)?.id ?? '';
  ids = { beta: idOf('beta'), gamm: idOf('gamm') };
}, 60_000);
afterAll(() => stage.close());

/** As a request of this organization works; null: outside of any. */
const asServe = <T>(organizationId: string | null, work: (client: Client) => Promise<T>): Promise<T> =>
  withClient(stage.database.url, async (client) => {
    await client.query('set role otobot_serve');
    if (organizationId !== null) await client.query(`set otobot.organization_id = '${organizationId}'`);
    return work(client);
  });

/** How many rows a statement touched, or `refused` for want of rights or by a policy; undone in any case. */
async function attempt(client: Client, text: string, values: unknown[] = []): Promise<number | string> {
  await client.query('begin');
  try {
    return (await client.query(text, values)).rowCount ?? 0;
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    return code === '42501' ? 'refused' : message;
  } finally {
    await client.query('rollback');
  }
}

test('every table with an organization in it has row-level security, and rows of two organizations here', async () => {
  expect(tables.length).toBeGreaterThanOrEqual(14);
  const { rows: open } = await stage.database.query(
    `select relname from pg_class where relname = any ($1) and not relrowsecurity`,
    [[...tables.map(({ name }) => name), 'organizations', 'access_key_usage']],
  );
  expect(open).toEqual([]);
  for (const { name } of tables) {
    const { rows } = await stage.database.query<{ n: number }>(
      `select count(distinct organization_id)::int as n from ${name} where organization_id = any ($1::uuid[])`,
      [[ids.beta, ids.gamm]],
    );
    expect([name, rows[0]?.n]).toEqual([name, 2]);
  }
});

test('no row of another organization can be seen, and without an organization none at all', async () => {
  const seen = async (client: Client, table: string, where: string): Promise<number | string> =>
    attempt(client, `select from ${table} where ${where}`);
  const visible: unknown[] = [];
  await asServe(ids.beta, async (client) => {
    for (const { name } of tables) {
      const theirs = await seen(client, name, `organization_id <> '${ids.beta}'`);
      if (theirs !== 0 && theirs !== 'refused') visible.push([name, theirs]);
    }
    expect(await seen(client, 'organizations', 'true')).toBe(1);
    const { rows } = await client.query(
      'select key_id from access_key_usage where key_id not in (select id from access_keys)',
    );
    expect(rows).toEqual([]);
    // What one may see is there, so the search above could have found something.
    for (const name of [
      'clients',
      'connections',
      'token_sets',
      'apps',
      'audit',
      'flows',
      'revocations',
      'access_key_usage',
    ])
      expect([name, Number(await seen(client, name, 'true')) > 0]).toEqual([name, true]);
  });
  await asServe(null, async (client) => {
    for (const { name } of tables) {
      const any = await seen(client, name, 'organization_id is not null');
      if (any !== 0 && any !== 'refused') visible.push([name, any, 'outside of any organization']);
    }
  });
  expect(visible).toEqual([]);
});

test('no row can be written into another organization, changed there, deleted there, or moved there', async () => {
  const rowsOf = (name: string): Promise<{ row: unknown }[]> =>
    stage.database
      .query<{ row: unknown }>(`select to_jsonb(t) as row from ${name} t where organization_id = $1 limit 1`, [
        ids.gamm,
      ])
      .then(({ rows }) => rows);
  const done: unknown[] = [];
  await asServe(ids.beta, async (client) => {
    for (const { name, columns } of tables) {
      const [theirs] = await rowsOf(name);
      const list = columns.map((column) => `"${column}"`).join(', ');
      const insert = `insert into ${name} (${list}) overriding system value select ${list} from jsonb_populate_record(null::${name}, $1)`;
      const outcomes = {
        insert: await attempt(client, insert, [theirs?.row]),
        update: await attempt(
          client,
          `update ${name} set organization_id = organization_id where organization_id = '${ids.gamm}'`,
        ),
        delete: await attempt(client, `delete from ${name} where organization_id = '${ids.gamm}'`),
        move: await attempt(client, `update ${name} set organization_id = '${ids.gamm}'`),
      };
      const isShut = outcomes.insert === 'refused' && outcomes.move === 'refused';
      if (!isShut || ![outcomes.update, outcomes.delete].every((outcome) => outcome === 0 || outcome === 'refused'))
        done.push([name, outcomes]);
    }
    const shared = `insert into services (name, display_name, oauth_type) values ('smuggled', 's', 'api_key')`;
    expect(await attempt(client, shared)).toBe('refused');
    expect(await attempt(client, 'update organizations set policy_version = 0')).toBe('refused');
    expect(await attempt(client, 'delete from audit')).toBe('refused');
  });
  expect(done).toEqual([]);
});

test('a service of its own can be stopped by an organization, a shared one and that of another cannot, not even by asking the database', async () => {
  const { rows } = await stage.database.query<{ id: string; name: string }>(
    `insert into services (name, display_name, oauth_type) values ('shared', 'S', 'api_key') returning id, name`,
  );
  const { rows: services } = await stage.database.query<{ id: string; name: string }>(
    `select id, name from services where name <> 'shared'`,
  );
  await asServe(ids.beta, async (client) => {
    for (const { id, name } of [...rows, ...services]) {
      const { rows: use } = await client.query<{ organization_id: string }>(
        'select organization_id from otobot_service_use($1)',
        [id],
      );
      expect(use.filter(({ organization_id }) => organization_id !== ids.beta)).toEqual([]);
      const { rows: reach } = await client.query('select connections::int from otobot_service_reach($1)', [id]);
      expect([name, reach]).toEqual([name, [{ connections: name === 'beta-crm' ? 1 : 0 }]]);
      await client.query('select otobot_order_revocations($1, $2)', [id, 'test']);
    }
  });
  const { rows: ordered } = await stage.database.query('select service from revocation_orders where ended_at is null');
  expect(ordered).toEqual([{ service: 'beta-crm' }]);
});
