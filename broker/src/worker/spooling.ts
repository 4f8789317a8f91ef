import type { Database } from '../db/database';
import type { Logger } from '../log/logger';
import type { SpoolState } from '../repositories/processes';
import { createAdoption, type Adoption } from '../services/refresh/adoption';
import { createSpool, keyVersionsOf, type Spool } from '../services/refresh/spool';
import { openSpoolFolder } from '../spool/folder';

/** A worker's own spool, and those of others that it takes over. */
export interface Spooling {
  spool: Spool;
  adoption: Adoption;
  /** For the row of this process: what waits in both. */
  state(): SpoolState;
  /** Tells what is left for the next worker, once nothing is written any more. */
  close(): Promise<void>;
}

export interface SpoolingParts {
  database: Database;
  dataDir: string;
  /** The id of this process in `processes`. */
  owner: string;
  onWritten: () => void;
  onChange: () => void;
  log: Logger;
}

/** Throws ConfigurationError where the data folder cannot hold a spool. */
export function openSpooling({ database, dataDir, owner, onWritten, onChange, log }: SpoolingParts): Spooling {
  const folder = openSpoolFolder(dataDir);
  const spool = createSpool({ folder, owner, onChange, log });
  const adoption = createAdoption({ database, folder, owner, onWritten, log });
  const waiting = () => [...spool.waiting(), ...adoption.waiting()];
  return {
    spool,
    adoption,
    state: () => ({ folderId: folder.id, depth: waiting().length, keyVersions: keyVersionsOf(waiting()) }),
    close: async () => {
      await spool.idle();
      const answers = waiting().length;
      if (answers === 0) return;
      log.warn('the database is away: answers of providers wait in the spool for the next worker that runs here', {
        answers,
        folder: folder.path,
      });
    },
  };
}
