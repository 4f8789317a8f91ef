import { setTimeout as delay } from 'node:timers/promises';
import type { Database, Queryable } from '../../db/database';
import { createLane } from '../../db/lane';
import { Problem } from '../../errors/problem';
import type { Logger } from '../../log/logger';
import { rememberSecret, resumeApp, suspendApp } from '../../repositories/app-health';
import { writeCompletions, type Completion } from '../../repositories/refresh-completions';

/** What an attempt says about its app. */
export interface AppReport {
  id: string;
  verdict: 'works' | 'fails' | null;
  code: string;
  wasSuspended: boolean;
  /** The client secret that was accepted; null: none. */
  secretPosition: number | null;
}

export interface EndedAttempt {
  completion: Completion;
  app: AppReport & { knownSecretPosition: number };
}

export interface Completions {
  /** Resolves when the end of the attempt is committed. Holds on to it, however long the database is away. */
  submit(ended: EndedAttempt): Promise<void>;
  /** From now on an unreachable database is an error after that many milliseconds. */
  giveUpIn(ms: number): void;
}

const MAX_BATCH = 200;
const RETRY_MS = 250;

/** Whatever ends while the previous batch is being committed shares the next commit. */
export function createCompletions(parts: { database: Database; onWritten: () => void; log: Logger }): Completions {
  const { database, onWritten, log } = parts;
  let giveUpAt = Infinity;

  const write = async (batch: EndedAttempt[]): Promise<void> => {
    for (;;) {
      try {
        await commit(database, batch, log);
        onWritten();
        return;
      } catch (error) {
        if (!isUnavailable(error) || performance.now() > giveUpAt) throw error;
        log.warn('the ends of attempts wait for the database', { attempts: batch.length });
        await delay(RETRY_MS);
      }
    }
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
    giveUpIn(ms) {
      giveUpAt = performance.now() + ms;
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
    if (!written.has(position))
      log.warn('an answer came after its attempt was given up', { connectionId, generation, outcome });
  });
}

const changesApp = ({ verdict, wasSuspended, secretPosition, knownSecretPosition }: EndedAttempt['app']): boolean =>
  verdict === 'fails' ||
  (verdict === 'works' && wasSuspended) ||
  (secretPosition ?? knownSecretPosition) !== knownSecretPosition;

async function writeApp(tx: Queryable, app: EndedAttempt['app'], log: Logger): Promise<void> {
  if (app.verdict === 'fails') {
    log.error('the provider refuses every client secret of an app; it is suspended', { appId: app.id, code: app.code });
    await suspendApp(tx, app.id, app.code);
  }
  if (app.verdict === 'works' && app.wasSuspended) await resumeApp(tx, app.id);
  if (app.secretPosition !== null) await rememberSecret(tx, app.id, app.secretPosition);
}

const isUnavailable = (error: unknown): boolean => error instanceof Problem && error.code === 'database_unavailable';
const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
