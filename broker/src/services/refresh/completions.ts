import type { Database, Queryable } from '../../db/database';
import { createLane } from '../../db/lane';
import type { Logger } from '../../log/logger';
import { rememberSecret, resumeApp, suspendApp } from '../../repositories/app-health';
import { writeCompletions, type Completion } from '../../repositories/refresh-completions';
import { isUnavailable, patiently, type Patience } from './patiently';

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
  /** Resolves when the end of the attempt is committed. Holds on to it while the database is away. */
  submit(ended: EndedAttempt): Promise<void>;
}

export interface CompletionsParts {
  database: Database;
  /** After each commit. */
  onWritten: () => void;
  patience: Patience;
  log: Logger;
}

const MAX_BATCH = 200;

/** Whatever ends while the previous batch is being committed shares the next commit. */
export function createCompletions({ database, onWritten, patience, log }: CompletionsParts): Completions {
  const write = async (batch: EndedAttempt[]): Promise<void> => {
    await patiently(patience, () => commit(database, batch, log));
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
      const error = await lane.submit(ended);
      if (error !== null) throw error;
    },
  };
}

async function commit(database: Database, batch: EndedAttempt[], log: Logger): Promise<void> {
  const changesToApps = batch.filter(({ app }) => changesApp(app));
  // Almost always nothing changes for an app, and then one statement is the whole transaction.
  if (changesToApps.length === 0) return writeAll(database, batch, log);
  await database.transaction(async (tx) => {
    await writeAll(tx, batch, log);
    for (const { app } of changesToApps) await writeApp(tx, app, log);
  });
}

async function writeAll(db: Queryable, batch: EndedAttempt[], log: Logger): Promise<void> {
  const written = await writeCompletions(
    db,
    batch.map(({ completion }) => completion),
  );
  batch.forEach(({ completion: { connectionId, generation, outcome } }, position) => {
    if (!written.has(position)) {
      log.warn('an answer came after its attempt was given up', { connectionId, generation, outcome });
    }
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
