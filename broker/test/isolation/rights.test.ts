import { createTestDatabase, type TestDatabase } from '../support/database';
import { DEFINERS, RIGHTS } from './rights';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('each role has the rights of the table, and no others', async () => {
  const { rows } = await database.query<{ line: string }>(
    `with granted as (
       select c.relname, c.relkind, a.grantee, a.privilege_type, null::text as of from pg_class c cross join lateral aclexplode(c.relacl) a
        where c.relnamespace = 'public'::regnamespace
       union all
       select c.relname, c.relkind, a.grantee, a.privilege_type, t.attname from pg_class c join pg_attribute t on t.attrelid = c.oid
        cross join lateral aclexplode(t.attacl) a where c.relnamespace = 'public'::regnamespace)
     select format('%s: %s %s%s', coalesce(r.rolname, 'public'), relname, string_agg(distinct lower(privilege_type), ' ' order by lower(privilege_type)),
                   case when of is null then '' else ' of its columns' end) as line
       from granted left join pg_roles r on r.oid = grantee
      where r.rolname is null or r.rolname ~ '^otobot_' group by r.rolname, relname, of is null `,
  );
  expect(rows.map(({ line }) => line).sort()).toEqual([...RIGHTS].sort());
});

test('nobody reaches a partition past the policies of its table, owns anything, or is above them', async () => {
  const { rows: past } = await database.query(
    `select c.relname from pg_class c cross join lateral aclexplode(c.relacl) a join pg_roles r on r.oid = a.grantee
      where c.relispartition and r.rolname ~ '^otobot_(serve|audit|refresh|monitor|seal)$'`,
  );
  expect(past).toEqual([]);
  const { rows: above } = await database.query(
    `select rolname from pg_roles where rolname ~ '^otobot_(serve|audit|refresh|monitor|seal)$'
        and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolcanlogin or exists (select from pg_class where relowner = pg_roles.oid))`,
  );
  expect(above).toEqual([]);
});

test("a function that works with its owner's rights is in the table with the reason, looks nowhere else, and is not everybody's", async () => {
  const { rows } = await database.query<{ name: string; path: string; everybody: boolean }>(
    `select proname as name, coalesce(array_to_string(proconfig, ' '), '') as path, has_function_privilege('public', oid, 'execute') as everybody
       from pg_proc where pronamespace = 'public'::regnamespace and prosecdef order by 1`,
  );
  const path = 'search_path=pg_catalog, public, pg_temp';
  expect(rows).toEqual(
    Object.keys(DEFINERS)
      .sort()
      .map((name) => ({ name, path, everybody: false })),
  );
});

test('nobody but the owner makes tables here', async () => {
  const { rows } = await database.query(`select has_schema_privilege('public', 'public', 'create') as everybody`);
  expect(rows).toEqual([{ everybody: false }]);
});
