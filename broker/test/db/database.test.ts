import { createTestDatabase } from '../support/database';

test('two test databases share the schema and no row', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const migrations = 'select name, checksum from otobot_migrations order by name';
  const { rows } = await one.query(migrations);
  expect(rows.length).toBeGreaterThan(0);
  expect((await other.query(migrations)).rows).toEqual(rows);
  await one.query("insert into otobot_migrations (name, checksum) values ('9999_only_here.sql', '')");
  expect((await other.query(migrations)).rows).toEqual(rows);
  await Promise.all([one.drop(), other.drop()]);
});
