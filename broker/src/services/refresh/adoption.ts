import { isRefusal, type Database } from '../../db/database';
import type { Logger } from '../../log/logger';
import { listExisting } from '../../repositories/refresh-completions';
import { forgetAdopted, listLiveWorkers } from '../../repositories/processes';
import { adoptFile, keepAside, listSpoolFiles, readEntries, removeFile } from '../../spool/folder';
import type { SpoolFile, SpoolFolder } from '../../spool/folder';
import { commitEnded, type EndedAttempt } from './ended-attempts';
import { attemptOf, textOf } from './spooled-attempt';

/** What dead workers left in the folder that this one shares with them. */
export interface Adoption {
  /** Takes over the files of workers that are gone and writes what is in them. Throws Problem `database_unavailable`; then it is done again. */
  run(): Promise<void>;
  /** Whether there is anything that others left and nobody has written yet. */
  isOwed(): Promise<boolean>;
  /** Adopted and not yet committed. */
  waiting(): readonly EndedAttempt[];
}

export interface AdoptionParts {
  database: Database;
  folder: SpoolFolder;
  /** The id of this process in `processes`. */
  owner: string;
  onWritten: () => void;
  log: Logger;
}

const MAX_BATCH = 200;

/**
 * A worker counts as gone when its session is, as for the sweep. One that lives all the same loses nothing: it has its answers in
 * memory, writes them once more, which changes nothing, and appends to a new file.
 */
export function createAdoption(parts: AdoptionParts): Adoption {
  const waiting = new Map<string, readonly EndedAttempt[]>();
  let first = true;
  const { database, folder, owner, log } = parts;

  const adopt = async (strangers: readonly SpoolFile[]): Promise<SpoolFile[]> => {
    if (strangers.length === 0) return [];
    const live = await listLiveWorkers(
      database,
      strangers.map((file) => file.owner),
    );
    const adopted = [];
    for (const file of strangers) if (!live.has(file.owner)) adopted.push(await adoptFile(folder, file, owner));
    return adopted.filter((file) => file !== null);
  };

  const writeFile = async (file: SpoolFile): Promise<void> => {
    const { payloads, torn, unreadable } = await readEntries(folder, file);
    const attempts = payloads.map(attemptOf);
    const usable = attempts.filter((ended) => ended !== null);
    waiting.set(file.name, usable);
    const refused = await replay(parts, usable);
    const useless = [...payloads.filter((_, i) => attempts[i] === null), ...refused.map(textOf)];
    const entries = useless.length + unreadable.length;
    if (entries > 0) {
      const aside = await keepAside(folder, useless, unreadable);
      log.error('a spool held entries that cannot be used; they are kept aside', { file: aside, entries });
    }
    await removeFile(folder, file);
    waiting.delete(file.name);
    log.warn('the spool of a worker that is gone was written to the database', { answers: usable.length, torn });
  };

  return {
    run: async () => {
      const files = await listSpoolFiles(folder);
      const adopted = await adopt(files.filter((file) => file.owner !== owner));
      const left = files.filter((file) => file.owner === owner && file.adopted);
      for (const file of [...left, ...adopted]) await writeFile(file);
      // At the start also rows of workers that died after they had emptied their spool, and before they could say so.
      if (first || left.length + adopted.length > 0) await forgetAdopted(database, folder.id);
      first = false;
    },
    isOwed: async () => {
      // From a folder that cannot be read nothing will be written either.
      const files = await listSpoolFiles(folder).catch((): SpoolFile[] => []);
      return files.some((file) => file.adopted || file.owner !== owner);
    },
    waiting: () => [...waiting.values()].flat(),
  };
}

/** Returns what the database refused. What was written before changes nothing. */
async function replay(parts: AdoptionParts, attempts: readonly EndedAttempt[]): Promise<EndedAttempt[]> {
  const refused: EndedAttempt[] = [];
  const writeOne = async (ended: EndedAttempt): Promise<void> => {
    try {
      await write(parts, [ended]);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refused.push(ended);
    }
  };
  for (let start = 0; start < attempts.length; start += MAX_BATCH) {
    const batch = attempts.slice(start, start + MAX_BATCH);
    try {
      await write(parts, batch);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      for (const ended of batch) await writeOne(ended);
    }
  }
  return refused;
}

async function write({ database, onWritten, log }: AdoptionParts, batch: readonly EndedAttempt[]): Promise<void> {
  // What an old answer says about its app may be over, unless nobody has tried since; a pause that it asked for would begin anew.
  const withoutPauses = batch.map((ended) =>
    ended.app.verdict === 'waits' ? { ...ended, app: { ...ended.app, verdict: null } } : ended,
  );
  const written = await commitEnded(database, withoutPauses, { appsOf: 'written', hostHealth: null, log });
  onWritten();
  const others = batch.filter((_, position) => !written.has(position)).map(({ completion }) => completion);
  const existing = await listExisting(
    database,
    others.map(({ connectionId }) => connectionId),
  );
  for (const { connectionId, organizationId } of others) {
    if (!existing.has(connectionId))
      log.warn('an answer in a spool is for a connection that is gone', { connectionId, organizationId });
  }
}
