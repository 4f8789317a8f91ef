import { isRefusal, type Database } from '../../db/database';
import { createLane } from '../../db/lane';
import type { Logger } from '../../log/logger';
import { commitEnded, type EndedAttempt } from './ended-attempts';
import type { HostHealth } from './host-health';
import { isUnavailable, patiently, type Patience } from './patiently';
import type { Spool } from './spool';

export interface Completions {
  /** Resolves when the end of the attempt is committed. Holds on to it while the database is away, in memory and on the disk. */
  submit(ended: EndedAttempt): Promise<void>;
  /** Resolves when nothing is being committed, or waits for that, any more. */
  idle(): Promise<void>;
}

export interface CompletionsParts {
  database: Database;
  /** After each commit. */
  onWritten: () => void;
  patience: Patience;
  spool: Spool;
  hostHealth: HostHealth;
  log: Logger;
}

const MAX_BATCH = 200;
/** A commit that takes longer may never come back. Until then nothing touches the disk. */
const SPOOL_AFTER_MS = 250;

/** Whatever ends while the previous batch is being committed shares the next commit. */
export function createCompletions(parts: CompletionsParts): Completions {
  const { patience, spool, onWritten } = parts;
  const write = async (batch: EndedAttempt[]): Promise<void> => {
    const spoolAll = (): void => {
      batch.forEach(spool.hold);
    };
    await patiently(patience, () => commitLive(parts, batch), spoolAll);
    onWritten();
  };

  const lane = createLane<EndedAttempt, Error | null>(
    async (batch) => {
      try {
        await write(batch);
        return batch.map(() => null);
      } catch (error) {
        if (isUnavailable(error)) throw error;
        // One that cannot be written must not take the others with it.
        return Promise.all(batch.map((ended) => write([ended]).then(() => null, asError)));
      }
    },
    { maxBatch: MAX_BATCH },
  );

  return {
    async submit(ended) {
      const timer = setTimeout(spool.hold, SPOOL_AFTER_MS, ended);
      const error = await lane.submit(ended).catch(asError);
      clearTimeout(timer);
      if (error === null) {
        spool.settle(ended);
        return;
      }
      // What PostgreSQL will never take is for somebody to look at; everything else is for the next worker that runs here.
      if (isRefusal(error)) await spool.setAside(ended);
      else spool.hold(ended);
      throw error;
    },
    idle: () => lane.idle(),
  };
}

async function commitLive(
  { database, hostHealth, log }: CompletionsParts,
  batch: readonly EndedAttempt[],
): Promise<void> {
  const written = await commitEnded(database, batch, { appsOf: 'all', hostHealth, log });
  batch.forEach(({ completion: { connectionId, generation, outcome } }, position) => {
    if (!written.has(position)) {
      log.warn('an answer came after its attempt was given up', { connectionId, generation, outcome });
    }
  });
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
