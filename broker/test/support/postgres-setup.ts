import { randomBytes } from 'node:crypto';
import { migrate } from '../../src/db/migrate';
import { sqlDirectory } from '../../src/db/migration-files';
import { startTestServer } from './postgres-server';
import { onServer, urlOfDatabase } from './postgres-statements';

/** Once per run of jest: a server (or the one of TEST_DATABASE_URL) and a migrated template for createTestDatabase(). */
export default async function setUp(): Promise<void> {
  const given = process.env.TEST_DATABASE_URL;
  const server = given ?? (await startTestServer());
  const run = randomBytes(4).toString('hex');
  const template = `test_template_${run}`;
  await onServer(server, `create database ${template}`);
  await migrate({ url: urlOfDatabase(server, template), directory: sqlDirectory, log: { info: () => undefined } });
  // Workers are started after this and inherit it.
  Object.assign(process.env, { OTOBOT_TEST_SERVER: server, OTOBOT_TEST_RUN: run });
}
