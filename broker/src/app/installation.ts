import { connectDatabase } from '../db/database';
import { startEmbedded } from '../db/embedded/start-embedded';
import { migrate, requireMigrated } from '../db/migrate';
import { sqlDirectory } from '../db/migration-files';
import { ConfigurationError } from '../errors/configuration-error';
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
  return serveKey === null ? null : rootsOfServeKey(serveKey);
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
