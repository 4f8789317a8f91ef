import { createLane } from '../../db/lane';
import type { Logger } from '../../log/logger';
import { appendEntries, keepAside, ownFile, removeFile, type SpoolFolder } from '../../spool/folder';
import type { EndedAttempt } from './ended-attempts';
import { textOf } from './spooled-attempt';

/** Where ends of attempts wait on the disk while the database does not take them, so that a kill does not lose what a provider answered. */
export interface Spool {
  /** Its commit takes long: from the next moment it is on the disk too. Where the disk fails it is tried again, and memory has it. */
  hold(ended: EndedAttempt): void;
  /** It is committed, or has been set aside. Costs nothing unless it was held. */
  settle(ended: EndedAttempt): void;
  /** The database will never take it: kept for somebody to look at. */
  setAside(ended: EndedAttempt): Promise<void>;
  /** What is on the disk and not committed. */
  waiting(): readonly EndedAttempt[];
  /** Resolves when what was asked for is done. */
  idle(): Promise<void>;
}

export interface SpoolParts {
  folder: SpoolFolder;
  /** The id of this process in `processes`. */
  owner: string;
  /** It has become empty, or is so no longer. */
  onChange: () => void;
  log: Logger;
}

const RETRY_MS = 1_000;
const MAX_BATCH = 200;

/** Whatever is to be held while the disk is busy shares the next write. */
export function createSpool({ folder, owner, onChange, log }: SpoolParts): Spool {
  const file = ownFile(owner);
  const asked = new Set<EndedAttempt>();
  const kept = new Set<EndedAttempt>();
  let diskFails = false;

  const lane = createLane<EndedAttempt, null>(
    async (batch) => {
      const wasEmpty = kept.size === 0;
      const fresh = batch.filter((ended) => asked.has(ended) && !kept.has(ended));
      if (fresh.length > 0) await appendEntries(folder, file, fresh.map(textOf));
      for (const ended of fresh) kept.add(ended);
      for (const ended of batch) if (!asked.has(ended)) kept.delete(ended);
      if (kept.size === 0) await removeFile(folder, file);
      if (wasEmpty !== (kept.size === 0)) onChange();
      return batch.map(() => null);
    },
    { maxBatch: MAX_BATCH },
  );

  const bringUpToDate = (ended: EndedAttempt): void => {
    lane.submit(ended).then(
      () => {
        if (diskFails) log.info('the spool can be written again', { folder: folder.path });
        diskFails = false;
      },
      (error: unknown) => {
        if (!diskFails) {
          const code = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
          log.error('the spool cannot be written: answers wait in memory alone', { folder: folder.path, code });
        }
        diskFails = true;
        setTimeout(() => {
          if (asked.has(ended) !== kept.has(ended)) bringUpToDate(ended);
        }, RETRY_MS).unref();
      },
    );
  };

  const settle = (ended: EndedAttempt): void => {
    if (asked.delete(ended)) bringUpToDate(ended);
  };
  return {
    hold: (ended) => {
      if (asked.has(ended)) return;
      asked.add(ended);
      bringUpToDate(ended);
    },
    settle,
    setAside: async (ended) => {
      const { connectionId, organizationId } = ended.completion;
      const aside = await keepAside(folder, [textOf(ended)]);
      log.error('an answer that cannot be written is kept aside', { connectionId, organizationId, file: aside });
      settle(ended);
    },
    waiting: () => [...kept],
    idle: () => lane.idle(),
  };
}

/** The data keys that records in these are sealed under. */
export function keyVersionsOf(attempts: readonly EndedAttempt[]): number[] {
  const versions = attempts.flatMap(({ completion: { set } }) => [set?.accessKeyVersion, set?.refreshKeyVersion]);
  return [...new Set(versions)].filter((version) => typeof version === 'number').sort((a, b) => a - b);
}
