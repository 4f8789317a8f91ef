import { stopTestServer } from './postgres-server';
import { onServer, withClient } from './postgres-statements';

/** Leaves nothing behind, neither a process and a folder nor, on a server that was given, a database. */
export default async function tearDown(): Promise<void> {
  const { TEST_DATABASE_URL: given, OTOBOT_TEST_RUN: run = '' } = process.env;
  if (given === undefined) {
    await stopTestServer();
    return;
  }
  const { rows } = await withClient(given, (client) =>
    client.query<{ datname: string }>('select datname from pg_database where datname like $1', [`test\\_%${run}%`]),
  );
  for (const { datname } of rows) await onServer(given, `drop database ${datname} with (force)`);
}
