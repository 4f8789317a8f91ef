import type { Database, Queryable } from '../../db/database';
import type { Logger } from '../../log/logger';
import { rememberSecret, resumeApp, suspendApp } from '../../repositories/app-health';
import { forgetPauses, pauseApp } from '../../repositories/app-pauses';
import { writeCompletions, type Completion } from '../../repositories/refresh-completions';
import type { HostHealth, HostReport } from './host-health';

/** What an attempt says about its app. */
export interface AppReport {
  id: string;
  organizationId: string;
  verdict: 'works' | 'fails' | 'waits' | null;
  code: string;
  /** The pause that its provider asked for; null: none, or without a time. */
  retryAfterMs: number | null;
  wasSuspended: boolean;
  /** It had been paused before, and this attempt brought a token. */
  recovers: boolean;
  /** The client secret that was accepted; null: none. */
  acceptedPosition: number | null;
  knownPosition: number;
}

export interface EndedAttempt {
  completion: Completion;
  app: AppReport;
  /** Null: nothing was sent. */
  host: HostReport | null;
}

export interface CommitOptions {
  appsOf: 'all' | 'written';
  /** Null: these attempts ended so long ago that they say nothing about hosts as they are now. */
  hostHealth: HostHealth | null;
  log: Logger;
}

/** Writes ends of attempts, all or none; those that were written before change nothing. Returns the positions that were written now. */
export async function commitEnded(
  database: Database,
  batch: readonly EndedAttempt[],
  { appsOf, hostHealth, log }: CommitOptions,
): Promise<Set<number>> {
  const completions = batch.map(({ completion }) => completion);
  const changing = batch.flatMap(({ app }, position) => (changesApp(app) ? [{ app, position }] : []));
  const news = hostHealth?.newsIn(batch.flatMap(({ host }) => host ?? [])) ?? [];
  // Almost always nothing changes for an app or a host, and then one statement is the whole transaction.
  if (changing.length === 0 && news.length === 0) return writeCompletions(database, completions);
  const written = await database.transaction(async (tx) => {
    const positions = await writeCompletions(tx, completions);
    // In one order, so that two workers' batches cannot wait for each other.
    for (const { app, position } of changing.sort((a, b) => (a.app.id < b.app.id ? -1 : 1)))
      if (appsOf === 'all' || positions.has(position)) await writeApp(tx, app, log);
    await hostHealth?.write(tx, news);
    return positions;
  });
  hostHealth?.remember(news);
  return written;
}

const changesApp = ({ verdict, wasSuspended, recovers, acceptedPosition, knownPosition }: AppReport): boolean =>
  verdict === 'fails' ||
  verdict === 'waits' ||
  (verdict === 'works' && wasSuspended) ||
  recovers ||
  (acceptedPosition ?? knownPosition) !== knownPosition;

async function writeApp(tx: Queryable, app: AppReport, log: Logger): Promise<void> {
  if (app.verdict === 'fails') {
    log.error('the provider refuses every client secret of an app; it is suspended', { appId: app.id, code: app.code });
    await suspendApp(tx, app.id, app.code);
  }
  if (app.verdict === 'waits') {
    const { organizationId, id: appId, code, retryAfterMs } = app;
    await pauseApp(tx, { organizationId, appId, code, seconds: retryAfterMs === null ? null : retryAfterMs / 1_000 });
  }
  if (app.verdict === 'works' && app.wasSuspended) await resumeApp(tx, app.id);
  if (app.recovers) await forgetPauses(tx, app.id);
  if (app.acceptedPosition !== null) await rememberSecret(tx, app.id, app.acceptedPosition);
}
