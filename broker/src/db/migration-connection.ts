import { Client } from 'pg';
import { ConfigurationError } from '../errors/configuration-error';

const OLDEST_SERVER = 150_000;
const CONNECT_WITHIN_MS = 10_000;

/** What to do about the usual reasons why a connection does not come about, by error code of Node or PostgreSQL. */
const HINTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'start the server, or correct host and port',
  ENOTFOUND: 'correct the host name',
  EAI_AGAIN: 'correct the host name, or wait for the name server',
  '28P01': 'correct user and password',
  '28000': 'allow this user, database and address in pg_hba.conf',
  '3D000': 'create the database, or correct its name',
};

/** Connects, or says in a ConfigurationError what is wrong with the server that DATABASE_URL names. Never its password. */
export async function connectForMigration(connectionString: string): Promise<Client> {
  const client = await connect(connectionString);
  const { rows } = await client.query<{ number: string; name: string }>(
    "select current_setting('server_version_num') as number, current_setting('server_version') as name",
  );
  if (Number(rows[0]?.number) >= OLDEST_SERVER) return client;
  await client.end();
  throw mistake(`is PostgreSQL ${rows[0]?.name ?? '?'}, which is too old`, 'upgrade the server to PostgreSQL 15 to 18');
}

async function connect(connectionString: string): Promise<Client> {
  try {
    const client = new Client({
      connectionString,
      application_name: 'otobot migrate',
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
    });
    client.on('error', () => undefined); // the statement under way fails with it
    await client.connect();
    return client;
  } catch (error) {
    const { code = '', message } = rootOf(error);
    throw mistake(`cannot be used: ${message || code}`, HINTS[code] ?? 'check that the server is up and reachable');
  }
}

/** Node gathers the failures for all addresses of a host in one error without a message of its own. */
function rootOf(error: unknown): { code?: string; message: string } {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first as { code?: string; message: string };
}

function mistake(message: string, hint: string): ConfigurationError {
  return new ConfigurationError([{ name: 'DATABASE_URL', message, hint }]);
}
