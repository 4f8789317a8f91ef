import type { KeyObject } from 'node:crypto';
import { connectDatabase } from '../db/database';
import { startEmbedded } from '../db/embedded/start-embedded';
import { migrate, requireMigrated } from '../db/migrate';
import { sqlDirectory } from '../db/migration-files';
import { ConfigurationError, type Mistake } from '../errors/configuration-error';
import type { Logger } from '../log/logger';
import { listDataKeys } from '../repositories/encryption-keys';
import { ensureDataKeys } from '../services/encryption-keys';
import type { Config } from '../types/config';
import { parseMasterKey, rootsOfMaster, rootsOfServeKey, type RootPair, type Roots } from '../vault/roots';
import { createMasterKeyFile, masterKeyFile, readMasterKeyFile } from './master-key-file';

/** What every process of an installation shares: a database that is up to date, and the roots of its keys. */
export interface Installation {
  databaseUrl: string;
  roots: Roots;
  /** Lets go of the embedded server; the last process out stops it. */
  release(): Promise<void>;
}

/**
 * Opens the database (bringing the embedded one where DATABASE_URL names none) and finds the master key.
 * `prepare`: migrates and makes what a new installation lacks. Outside production every program does that; in production only
 * `otobot migrate` does, and the others refuse to start on a database that is not prepared.
 */
export async function openInstallation(
  config: Config,
  log: Logger,
  { prepare }: { prepare: boolean },
): Promise<Installation> {
  const embedded = config.databaseUrl === null ? await startEmbedded({ dataDir: config.dataDir }) : null;
  const databaseUrl = embedded?.url ?? (config.databaseUrl as string);
  try {
    if (prepare) await migrate({ url: databaseUrl, directory: sqlDirectory, log });
    else await requireMigrated({ url: databaseUrl, directory: sqlDirectory });
    const roots = await findRoots(config, databaseUrl, log, prepare);
    return { databaseUrl, roots, release: () => embedded?.release() ?? Promise.resolve() };
  } catch (error) {
    await embedded?.release();
    throw error;
  }
}

/**
 * For `otobot serve --surface grants`: opens a database that is up to date with the rights of otobot_serve alone, and holds no more than the
 * root that ENCRYPTION_SERVE_KEY is. Throws a ConfigurationError where that is missing, or where the process was given more.
 */
export async function openForGrants(config: Config): Promise<Installation> {
  const roots = { current: rootsOfServeKey(serveKeyAlone(config)), previous: null };
  const embedded = config.databaseUrl === null ? await startEmbedded({ dataDir: config.dataDir }) : null;
  const databaseUrl = embedded?.url ?? (config.databaseUrl as string);
  try {
    await requireMigrated({ url: databaseUrl, directory: sqlDirectory, role: 'otobot_serve' });
    return { databaseUrl, roots, release: () => embedded?.release() ?? Promise.resolve() };
  } catch (error) {
    await embedded?.release();
    throw error;
  }
}

/** What is not given cannot be stolen: a process with the master key at hand would have split nothing. */
function serveKeyAlone({ serveKey, masterKey, previousMasterKey }: Config): KeyObject {
  const tooMuch = [
    ...(masterKey === null ? [] : ['ENCRYPTION_MASTER_KEY']),
    ...(previousMasterKey === null ? [] : ['ENCRYPTION_MASTER_KEY_PREVIOUS']),
  ].map((name): Mistake => ({
    name,
    message: 'is more than --surface grants may hold',
    hint: 'take it away from this process, and give it ENCRYPTION_SERVE_KEY alone',
  }));
  const hint = 'print it where the master key is: otobot keys serve-key';
  const missing =
    serveKey === null ? [{ name: 'ENCRYPTION_SERVE_KEY', message: 'is required with --surface grants', hint }] : [];
  if (serveKey === null || tooMuch.length > 0) throw new ConfigurationError([...missing, ...tooMuch]);
  return serveKey;
}

async function findRoots(config: Config, databaseUrl: string, log: Logger, prepare: boolean): Promise<Roots> {
  const owner = connectDatabase({ url: databaseUrl, role: null, max: 1, log });
  try {
    const keysExist = (await listDataKeys(owner)).length > 0;
    const current = rootsGiven(config) ?? rootsOfMaster(masterFromFile(config, keysExist, log));
    const previous = config.previousMasterKey === null ? null : rootsOfMaster(config.previousMasterKey);
    const roots = { current, previous };
    if (prepare && current.full !== null) await ensureDataKeys(owner, roots);
    return roots;
  } finally {
    await owner.close();
  }
}

function rootsGiven({ masterKey, serveKey }: Config): RootPair | null {
  if (masterKey !== null) return rootsOfMaster(masterKey);
  if (serveKey === null) return null;
  throw new ConfigurationError([
    {
      name: 'ENCRYPTION_SERVE_KEY',
      message:
        'is given without ENCRYPTION_MASTER_KEY, and is enough for one thing only: otobot serve --surface grants',
      hint: 'add --surface grants, or give ENCRYPTION_MASTER_KEY instead',
    },
  ]);
}

/** The master key that was given, or that this installation made for itself. Throws a ConfigurationError where there is neither. */
export function masterKeyOf({ masterKey, dataDir }: Config): KeyObject {
  if (masterKey !== null) return masterKey;
  const file = masterKeyFile(dataDir);
  const hex = readMasterKeyFile(file);
  if (hex !== null) return parseMasterKey(`ENCRYPTION_MASTER_KEY in ${file}`, hex, 'restore that file from its copy');
  const hint = 'run this where the master key is, or set OTOBOT_DATA_DIR';
  throw new ConfigurationError([
    { name: 'ENCRYPTION_MASTER_KEY', message: `is not given, and there is no ${file}`, hint },
  ]);
}

/** Outside production a new installation makes its own master key. One that has data already never gets another. */
function masterFromFile({ production, dataDir }: Config, keysExist: boolean, log: Logger) {
  const file = masterKeyFile(dataDir);
  const hex = readMasterKeyFile(file);
  if (hex !== null) return parseMasterKey(`ENCRYPTION_MASTER_KEY in ${file}`, hex, 'restore that file from its copy');
  if (production || keysExist) {
    const message = keysExist
      ? `is not given and ${file} is missing, yet this database holds encrypted data`
      : 'is not given';
    throw new ConfigurationError([
      {
        name: 'ENCRYPTION_MASTER_KEY',
        message,
        hint: 'give the key that the data was encrypted with, or restore that file',
      },
    ]);
  }
  const fresh = createMasterKeyFile(file);
  if (fresh.made) log.info('made a master key; keep a copy of this file apart from the database', { file });
  return parseMasterKey('ENCRYPTION_MASTER_KEY', fresh.hex);
}
