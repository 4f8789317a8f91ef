import type { Database } from '../../db/database';
import type { Logger } from '../../log/logger';
import { writeCompletions, type Completion } from '../../repositories/refresh-completions';
import {
  endOrphanedAttempts,
  findAbandoned,
  isSweeper,
  recallForLateAnswers,
  type AbandonedAttempt,
} from '../../repositories/refresh-sweeps';
import { transition } from './transition';

const MAX_BATCH = 500;
const LOST = 'worker_lost';

/**
 * Gives up what dead or frozen workers left behind. Returns how many attempts that were; 0 also while another worker sweeps.
 * `locksTell` false: who has no lock may only not have it back yet, so nobody counts as dead.
 */
export async function sweepAbandoned(
  database: Database,
  random: () => number,
  log: Logger,
  locksTell = true,
): Promise<number> {
  const swept = await database.transaction(async (tx) => {
    if (!(await isSweeper(tx))) return 0;
    const abandoned = await findAbandoned(tx, MAX_BATCH, locksTell);
    if (abandoned.length > 0) {
      await writeCompletions(
        tx,
        abandoned.map((attempt) => givenUp(attempt, random())),
      );
    }
    if (locksTell) await endOrphanedAttempts(tx);
    await recallForLateAnswers(tx);
    return abandoned.length;
  });
  if (swept > 0) log.warn('gave up attempts of workers that are dead or silent', { attempts: swept });
  return swept;
}

function givenUp(attempt: AbandonedAttempt, random: number): Completion {
  const { id, organizationId, generation, attemptId, startedAt, now, kind, rotation, graceSeconds } = attempt;
  const next = transition(
    attempt,
    { class: 'uncertain', code: LOST, retryAfterMs: null },
    {
      ...{
        now,
        random,
        attemptStartedAt: startedAt,
        previousAttemptAt: null,
        readerWaits: false,
        hostIsOut: false,
        kind,
      },
      ...{ rotation, graceSeconds, refreshAheadSeconds: null, consentEndsAt: null },
    },
  );
  return {
    ...{ connectionId: id, organizationId, generation, attemptId, startedAt },
    ...{ outcome: 'uncertain', errorCode: LOST, httpStatus: null, durationMs: null },
    // The worker may only be frozen: until somebody claims again, its answer still wins.
    ...{ mayStillAnswer: true, next, set: null, adoptedSetId: null },
  };
}
