import { setTimeout as sleep } from 'node:timers/promises';
import { isBadValue, type Database } from '../../db/database';
import { createLane } from '../../db/lane';
import { Problem } from '../../errors/problem';
import {
  insertAuditRows,
  settleAudit,
  type AuditEntry,
  type AuditRow,
  type DecidedOn,
  type NotWritten,
  type Quota,
} from '../../repositories/audit';
import type { DatabaseClock } from '../database-clock';
import type { KeyUsage } from './key-usage';

/** `stale`: nothing was written, because the facts decided on have changed; decide again. */
export type Verdict = 'committed' | 'stale';

export interface AuditLane {
  /**
   * Resolves when the entry is committed, and the answer may leave. Throws Problem `audit_unavailable` when that takes longer than 2 s, or too
   * many wait already, and `quota_exceeded` where the key has used up its `quota`.
   */
  commit(entry: AuditEntry, decidedOn?: DecidedOn, quota?: Quota | null): Promise<Verdict>;
  /** Resolves when everything queued is written, and what keys were used for. */
  idle(): Promise<void>;
}

/** For entries that rest on no facts: refusals. */
const NOTHING: DecidedOn = { policyVersion: null, connectionVersion: null, usableUntil: null };
const PATIENCE_MS = 2_000;
const RETRY_MS = 50;
/** Some 20 MB of entries and of requests that wait for them: half a second's worth of them, where the database is well. */
const MOST_WAITING = 5_000;
/**
 * So that nobody waits for the slow disk of those before him. A commit that waits for no disk has mostly ended within 1 ms, and a batch costs
 * some 0.5 ms of processor time of its own, which 16 can share: so with a fast disk there is one in flight as a rule (decisions/0024).
 */
export const BATCHES_ABREAST = { most: 4, apartMs: 1, enough: 16 };

export interface AuditLaneParts {
  /** Under role otobot_audit, with statements that end about when the lane's patience does. */
  database: Database;
  processId: string;
  clock: DatabaseClock;
  keyUsage: KeyUsage;
}

/** One lane per process: what queues while commits are in flight goes into the next, so thousands of reads share a commit. */
export function createAuditLane({ database, processId, clock, keyUsage }: AuditLaneParts): AuditLane {
  let lastSequence = 0;

  const commitBatch = async (rows: AuditRow[]): Promise<Outcome[]> => {
    const { stale, overQuota, databaseNow } = await insertSurely(database, processId, rows);
    clock.observe(databaseNow);
    const outcomes = rows.map(({ sequence }): Outcome => {
      const freeAt = overQuota.get(sequence);
      if (freeAt !== undefined) return { freeAt, freeInMs: freeAt.getTime() - databaseNow.getTime() };
      return stale.has(sequence) ? 'stale' : 'committed';
    });
    keyUsage.note(
      rows.filter((_row, index) => outcomes[index] === 'committed'),
      databaseNow,
    );
    return outcomes;
  };
  /** What PostgreSQL cannot keep harms nobody but whoever sent it: the others of its batch are written without it. */
  const commitAllButBad = async (rows: AuditRow[]): Promise<Outcome[]> => {
    try {
      return await commitBatch(rows);
    } catch (error) {
      if (!isBadValue(error)) throw error;
      if (rows.length === 1) return [{ error: unavailable(error) }];
      const half = rows.length >> 1;
      return [...(await commitAllButBad(rows.slice(0, half))), ...(await commitAllButBad(rows.slice(half)))];
    }
  };
  const lane = createLane<AuditRow, Outcome>(commitAllButBad, {
    maxBatch: 1_000,
    abreast: BATCHES_ABREAST,
    patience: { ms: PATIENCE_MS, maxWaiting: MOST_WAITING, refuse: (why) => unavailable(new Error(why)) },
  });

  return {
    async commit(entry, decidedOn = NOTHING, quota = null) {
      const outcome = await lane.submit({ ...entry, ...decidedOn, quota, sequence: ++lastSequence });
      if (typeof outcome === 'object') throw 'error' in outcome ? outcome.error : quotaExceeded(quota, outcome);
      return outcome;
    },
    async idle() {
      await lane.idle();
      await keyUsage.flush();
    },
  };
}

interface UsedUp {
  freeAt: Date;
  /** By the database's clock. */
  freeInMs: number;
}
type Outcome = Verdict | UsedUp | { error: Problem };

/** Tries again while somebody may still wait. Process and sequence make it safe to send rows twice. */
async function insertSurely(database: Database, processId: string, rows: AuditRow[]): Promise<NotWritten> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let again = false; ; again = true) {
    try {
      // The first try may be running still, on a connection that was lost: it has to have ended, one way or the other.
      if (again) await settleAudit(database);
      return await insertAuditRows(database, processId, rows, { again });
    } catch (error) {
      if (isBadValue(error)) throw error;
      await sleep(RETRY_MS);
      // After the pause, which a frozen process may have slept through: by then the rows of the first try would not be found.
      if (performance.now() > deadline) throw unavailable(error);
    }
  }
}

function unavailable(cause: unknown): Problem {
  return new Problem(
    'audit_unavailable',
    'Nothing is released that is not audited, and the audit cannot be written now. Try again shortly.',
    { cause, extras: { retryAfterSeconds: 2 } },
  );
}

/** Says which quota and until when: this is often all that the person at a stopped workflow sees. */
function quotaExceeded(quota: Quota | null, { freeAt, freeInMs }: UsedUp): Problem {
  const { keyId = '', perDay = null, perMonth = null } = quota ?? {};
  const quotas = [perDay !== null && `${perDay} a day`, perMonth !== null && `${perMonth} a month`].filter(Boolean);
  return new Problem(
    'quota_exceeded',
    `Access key ${keyId} has used up its quota of ${quotas.join(' and ')}; it gets credentials again from ${freeAt.toISOString()} on. To raise it: otobot access-key edit ${keyId}`,
    { extras: { retryAfterSeconds: Math.max(1, Math.ceil(freeInMs / 1_000)) } },
  );
}
