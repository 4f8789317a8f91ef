import { Client, type DatabaseError } from 'pg';
import { ConfigurationError } from '../errors/configuration-error';
import type { DatabaseRole } from './database';
import { connectForMigration } from './migration-connection';
import { pendingMigrations, readMigrations, type AppliedMigration, type Migration } from './migration-files';

/** "otobotmg" in ASCII: only one process at a time migrates a database. */
const MIGRATING = "x'6f746f626f746d67'::bigint";

export interface MigrateOptions {
  /** Of a role that owns the database: a superuser, or one with CREATEROLE. */
  readonly url: string;
  /** Usually `sqlDirectory`. */
  readonly directory: string;
  readonly log: { info(message: string): unknown };
}

export interface MigrateResult {
  /** The files that this call applied, in their order. */
  readonly applied: string[];
  /** The newest migration in the database, such as `0007_security`. Empty where there is none. */
  readonly version: string;
}

/**
 * Brings the schema up to date: plain SQL files, forward only, each in one transaction together with its record.
 * Throws a ConfigurationError (and changes nothing) if the server is unreachable or too old, the database newer than
 * the files, or an applied file changed.
 */
export async function migrate({ url, directory, log }: MigrateOptions): Promise<MigrateResult> {
  const files = readMigrations(directory);
  const client = await connectForMigration(url);
  try {
    // Held by the session: it ends with us, however we end. A second process waits here and then finds nothing to do.
    await client.query(`select pg_advisory_lock(${MIGRATING})`);
    const pending = pendingMigrations(files, await appliedMigrations(client));
    for (const migration of pending) {
      await apply(client, migration);
      log.info(`applied ${migration.name}`);
    }
    return { applied: pending.map(({ name }) => name), version: files.at(-1)?.name.replace(/\.sql$/, '') ?? '' };
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Throws a ConfigurationError unless every migration is applied: for processes that must not change the schema themselves. `role`: asked
 * as that role, where the login has no rights of its own.
 */
export async function requireMigrated({
  url,
  directory,
  role = null,
}: Omit<MigrateOptions, 'log'> & { role?: DatabaseRole | null }): Promise<void> {
  const files = readMigrations(directory);
  const client = await connectForMigration(url);
  try {
    if (role !== null) await client.query(`set role ${role}`);
    const { rows } = await client.query<{ there: boolean }>(
      "select to_regclass('otobot_migrations') is not null as there",
    );
    const pending = pendingMigrations(files, rows[0]?.there === true ? await recordedMigrations(client) : []);
    if (pending.length === 0) return;
    const message = `is a database on which ${pending.length} of ${files.length} migrations are not applied yet`;
    throw new ConfigurationError([{ name: 'DATABASE_URL', message, hint: 'run: otobot migrate' }]);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function appliedMigrations(client: Client): Promise<AppliedMigration[]> {
  await client.query(`
    create table if not exists otobot_migrations (
      name text primary key,
      checksum text not null,
      applied_at timestamptz not null default now()
    )`);
  return recordedMigrations(client);
}

async function recordedMigrations(client: Client): Promise<AppliedMigration[]> {
  const { rows } = await client.query<AppliedMigration>('select name, checksum from otobot_migrations order by name');
  return rows;
}

async function apply(client: Client, { name, text, checksum }: Migration): Promise<void> {
  try {
    await client.query('begin');
    await client.query(text);
    await client.query('insert into otobot_migrations (name, checksum) values ($1, $2)', [name, checksum]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined); // the connection itself may be what failed
    throw new Error(`${name}${lineOf(error, text)}: ${(error as Error).message}`, { cause: error });
  }
}

/** Where in the file PostgreSQL stumbled. */
function lineOf(error: unknown, text: string): string {
  const position = Number((error as Partial<DatabaseError>).position);
  return position > 0 ? `, line ${text.slice(0, position).split('\n').length}` : '';
}
