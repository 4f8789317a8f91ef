import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { ConfigurationError } from '../errors/configuration-error';

/** One step of the schema, as it lies in the directory. */
export interface Migration {
  /** The file's name, such as `0001_foundation.sql`. */
  readonly name: string;
  readonly text: string;
  /** SHA-256 in hex, the same for LF and CRLF checkouts. */
  readonly checksum: string;
}

/** One step of the schema, as the database remembers it. */
export interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
}

/** `sql/` at the repository root: three levels up, from the sources as from the build. */
export const sqlDirectory = path.resolve(__dirname, '..', '..', '..', 'sql');

/** The migrations of a directory in their order. Other files (for psql by hand) are left alone. */
export function readMigrations(directory: string): Migration[] {
  const names = fs.readdirSync(directory).filter((name) => /^\d{4}_.*\.sql$/.test(name));
  return names.sort().map((name) => {
    const text = fs.readFileSync(path.join(directory, name), 'utf8').replaceAll('\r\n', '\n');
    return { name, text, checksum: createHash('sha256').update(text).digest('hex') };
  });
}

/** What is still to do. Throws a ConfigurationError where files and database do not belong together. */
export function pendingMigrations(files: readonly Migration[], applied: readonly AppliedMigration[]): Migration[] {
  const byName = new Map(files.map((file) => [file.name, file]));
  const unknown = applied.find(({ name }) => !byName.has(name));
  if (unknown) {
    const hint = 'start the newer Otobot that migrated it, or restore the backup taken before';
    throw refusal('DATABASE_URL', `the database is newer than this Otobot, which does not know ${unknown.name}`, hint);
  }
  const changed = applied.find(({ name, checksum }) => byName.get(name)?.checksum !== checksum);
  if (changed) {
    const hint = 'put the file back as it was released; a change of the schema is a new file';
    throw refusal(`sql/${changed.name}`, 'was changed after it had been applied to this database', hint);
  }
  return inOrder(files, applied);
}

function inOrder(files: readonly Migration[], applied: readonly AppliedMigration[]): Migration[] {
  const done = new Set(applied.map(({ name }) => name));
  const pending = files.filter(({ name }) => !done.has(name));
  const late = pending.find((file) => applied.some(({ name }) => name.slice(0, 4) >= file.name.slice(0, 4)));
  const twice = files.find((file, i) => files[i + 1]?.name.slice(0, 4) === file.name.slice(0, 4));
  const misplaced = late ?? twice;
  if (misplaced) {
    const hint = 'give it the next free number';
    throw refusal(`sql/${misplaced.name}`, 'has a number that was already used', hint);
  }
  return pending;
}

function refusal(name: string, message: string, hint: string): ConfigurationError {
  return new ConfigurationError([{ name, message, hint }]);
}
