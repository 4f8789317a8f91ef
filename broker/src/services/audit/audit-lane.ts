import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../db/database';
import { createLane } from '../../db/lane';
import { Problem } from '../../errors/problem';
import { insertAuditRows, type AuditEntry, type AuditRow, type DecidedOn } from '../../repositories/audit';
import type { DatabaseClock } from '../database-clock';

/**
 * `committed`: the facts decided on still hold, and the answer may leave. Otherwise nothing was written: the facts have changed (`stale`:
 * decide again), or the key has used up what it may release (`over_quota`).
 */
export type Verdict = 'committed' | 'stale' | 'over_quota';

/** What a key may release in a UTC day and in a UTC month; null: without bound. */
export interface Quota {
  keyId: string;
  perDay: number | null;
  perMonth: number | null;
}

export interface AuditLane {
  /** Throws Problem `audit_unavailable` when the entry is not committed within 2 s. `quota`: for releases of keys that have one. */
  commit(entry: AuditEntry, decidedOn?: DecidedOn, quota?: Quota): Promise<Verdict>;
  /** Resolves when everything queued is written. */
  idle(): Promise<void>;
}

/** For entries that rest on no facts: refusals. */
const NOTHING: DecidedOn = { policyVersion: null, connectionVersion: null, usableUntil: null };
const PATIENCE_MS = 2_000;
const RETRY_MS = 50;

export interface AuditLaneParts {
  /** Under role otobot_audit, with a statement timeout below the lane's patience. */
  database: Database;
  processId: string;
  clock: DatabaseClock;
}

/** One lane per process: what queues while a commit is in flight goes into the next, so thousands of reads share a commit. */
export function createAuditLane({ database, processId, clock }: AuditLaneParts): AuditLane {
  let lastSequence = 0;

  const commitBatch = async (rows: AuditRow[]): Promise<Verdict[]> => {
    const deadline = performance.now() + PATIENCE_MS;
    for (let again = false; ; again = true) {
      try {
        const { fresh, databaseNow } = await insertAuditRows(database, processId, rows, { again });
        if (databaseNow !== null) clock.observe(databaseNow);
        return rows.map(({ sequence }) => (fresh.has(sequence) ? 'committed' : 'stale'));
      } catch (error) {
        // The commit may have happened or not: process and sequence make it safe to send the same rows again.
        await sleep(RETRY_MS);
        // After the pause, which a frozen process may have slept through: by then the rows of the first try would not be found.
        if (performance.now() > deadline) throw unavailable(error);
      }
    }
  };
  const lane = createLane<AuditRow, Verdict>(commitBatch, { maxBatch: 1_000 });

  return {
    commit: (entry, decidedOn = NOTHING) =>
      withPatience(lane.submit({ ...entry, ...decidedOn, sequence: ++lastSequence })),
    idle: () => lane.idle(),
  };
}

// Also bounds the wait behind a batch that is itself waiting for the database.
async function withPatience<T>(committed: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(unavailable(new Error('not committed in time'))), PATIENCE_MS);
  });
  try {
    return await Promise.race([committed, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(cause: unknown): Problem {
  return new Problem(
    'audit_unavailable',
    'Nothing is released that is not audited, and the audit cannot be written now. Try again shortly.',
    {
      cause,
      extras: { retryAfterSeconds: 2 },
    },
  );
}
