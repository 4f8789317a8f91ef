import { randomBytes } from 'node:crypto';
import { Pool, type QueryResult, type QueryResultRow } from 'pg';
import { onServer, urlOfDatabase } from './postgres-statements';

/** A migrated database of a test file's own. */
export interface TestDatabase {
  /** Of a superuser, on this database. */
  readonly url: string;
  query<Row extends QueryResultRow = QueryResultRow>(text: string, values?: unknown[]): Promise<QueryResult<Row>>;
  /** Fails if the code under test left a connection open: that is a leak. */
  drop(): Promise<void>;
}

/** Clones the migrated template in some 100 ms. Call in beforeAll, and drop() in afterAll. */
export function createTestDatabase(): Promise<TestDatabase> {
  return createDatabase(`template test_template_${run()}`);
}

/** A database without a schema, for tests of the migration itself. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase('');
}

/** A second database with what is in this one, as a restored backup would be. Ends the sessions that are on the original. */
export async function copyDatabase({ url }: TestDatabase): Promise<TestDatabase> {
  const name = new URL(url).pathname.slice(1);
  const server = process.env.OTOBOT_TEST_SERVER ?? '';
  await onServer(server, `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '${name}'`);
  return createDatabase(`template ${name}`);
}

async function createDatabase(options: string): Promise<TestDatabase> {
  const server = process.env.OTOBOT_TEST_SERVER ?? '';
  const name = `test_${run()}_${randomBytes(6).toString('hex')}`;
  await onServer(server, `create database ${name} ${options}`);
  const url = urlOfDatabase(server, name);
  const pool = new Pool({ connectionString: url, max: 4 });
  pool.on('error', () => undefined); // a test may terminate every backend
  return {
    url,
    query: (text, values) => pool.query(text, values),
    drop: async () => {
      await pool.end();
      // Not "with (force)": that kills backends which are still closing and fails tests at random.
      await onServer(server, `drop database ${name}`);
    },
  };
}

function run(): string {
  const value = process.env.OTOBOT_TEST_RUN;
  if (value === undefined) throw new Error('no test server: run this through jest at the repository root');
  return value;
}
