import type { Database, Queryable } from '../../db/database';
import { createLane } from '../../db/lane';
import type { Logger } from '../../log/logger';
import { rememberSecret, resumeApp, suspendApp } from '../../repositories/app-health';
import { writeCompletions, type Completion } from '../../repositories/refresh-completions';
import { isUnavailable, patiently, type Patience } from './patiently';
import type { Spool } from './spool';

/** What an attempt says about its app. */
export interface AppReport {
  id: string;
  verdict: 'works' | 'fails' | null;
  code: string;
  wasSuspended: boolean;
  /** The client secret that was accepted; null: none. */
  acceptedPosition: number | null;
  knownPosition: number;
}

export interface EndedAttempt {
  completion: Completion;
  app: AppReport;
}

export interface Completions {
  /** Resolves when the end of the attempt is committed. Holds on to it while the database is away, in memory and on the disk. */
  submit(ended: EndedAttempt): Promise<void>;
}

export interface CompletionsParts {
  database: Database;
  /** After each commit. */
  onWritten: () => void;
  patience: Patience;
  spool: Spool;
  log: Logger;
}

const MAX_BATCH = 200;
/** A commit that takes longer may never come back. Until then nothing touches the disk. */
const SPOOL_AFTER_MS = 250;

/** Whatever ends while the previous batch is being committed shares the next commit. */
export function createCompletions({ database, onWritten, patience, spool, log }: CompletionsParts): Completions {
  const write = async (batch: EndedAttempt[]): Promise<void> => {
    const spoolAll = (): void => {
      batch.forEach(spool.hold);
    };
    await patiently(patience, () => commitLive(database, batch, log), spoolAll);
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
      const error = await lane.submit(ended).finally(() => clearTimeout(timer));
      if (error !== null) {
        // Not for want of a database: it would be refused again and again. A token in it must not get lost for that.
        await spool.setAside(ended);
        throw error;
      }
      spool.settle(ended);
    },
  };
}

async function commitLive(database: Database, batch: readonly EndedAttempt[], log: Logger): Promise<void> {
  const written = await commitEnded(database, batch, { appsOf: 'all', log });
  batch.forEach(({ completion: { connectionId, generation, outcome } }, position) => {
    if (!written.has(position)) {
      log.warn('an answer came after its attempt was given up', { connectionId, generation, outcome });
    }
  });
}

/** Writes ends of attempts, all or none; those that were written before change nothing. Returns the positions that were written now. */
export async function commitEnded(
  database: Database,
  batch: readonly EndedAttempt[],
  { appsOf, log }: { appsOf: 'all' | 'written'; log: Logger },
): Promise<Set<number>> {
  const completions = batch.map(({ completion }) => completion);
  const changing = batch.flatMap(({ app }, position) => (changesApp(app) ? [{ app, position }] : []));
  // Almost always nothing changes for an app, and then one statement is the whole transaction.
  if (changing.length === 0) return writeCompletions(database, completions);
  return database.transaction(async (tx) => {
    const written = await writeCompletions(tx, completions);
    for (const { app, position } of changing)
      if (appsOf === 'all' || written.has(position)) await writeApp(tx, app, log);
    return written;
  });
}

const changesApp = ({ verdict, wasSuspended, acceptedPosition, knownPosition }: AppReport): boolean =>
  verdict === 'fails' || (verdict === 'works' && wasSuspended) || (acceptedPosition ?? knownPosition) !== knownPosition;

async function writeApp(tx: Queryable, app: AppReport, log: Logger): Promise<void> {
  if (app.verdict === 'fails') {
    log.error('the provider refuses every client secret of an app; it is suspended', { appId: app.id, code: app.code });
    await suspendApp(tx, app.id, app.code);
  }
  if (app.verdict === 'works' && app.wasSuspended) await resumeApp(tx, app.id);
  if (app.acceptedPosition !== null) await rememberSecret(tx, app.id, app.acceptedPosition);
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
