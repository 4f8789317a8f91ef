import type { Queryable } from '../db/database';
import { auditStatement } from './audit-statement';

/** One line of the audit, as it is stored. */
export interface AuditEntry {
  organizationId: string | null;
  action: string;
  /** `released`, `admitted`, or the code of the problem with which it was refused. */
  code: string;
  actor: string;
  clientId: string | null;
  service: string | null;
  connectionId: string | null;
  generation: number | null;
  address: string | null;
  userAgent: string | null;
  requestId: string | null;
  workflowId: string | null;
  executionId: string | null;
  /** Refusals that were counted instead of written one by one, and the like. */
  detail: Readonly<Record<string, string | number>> | null;
}

/** What a decision rested on; null where it does not depend on that. */
export interface DecidedOn {
  policyVersion: number | null;
  connectionVersion: number | null;
  /** The answer is worth nothing, and is not given, from this moment on. */
  usableUntil: Date | null;
}

/** What a key may release in a UTC day and in a UTC month; null: without bound. */
export interface Quota {
  keyId: string;
  perDay: number | null;
  perMonth: number | null;
}

export interface AuditRow extends AuditEntry, DecidedOn {
  sequence: number;
  /** For releases of keys that have one. */
  quota: Quota | null;
}

/** By sequence, which rows were not written. All others were. */
export interface NotWritten {
  /** Their decision does not rest on the present facts any more. */
  stale: ReadonlySet<number>;
  /** Their key has used up its quota, until then. */
  overQuota: ReadonlyMap<number, Date>;
  databaseNow: Date;
}

const FIRST = {
  plain: auditStatement({ again: false, quotas: false }),
  quotas: auditStatement({ again: false, quotas: true }),
};
const AGAIN = {
  plain: auditStatement({ again: true, quotas: false }),
  quotas: auditStatement({ again: true, quotas: true }),
};

/**
 * Commits a batch, but for rows whose decision does not rest on the present facts, and releases beyond a quota. This one statement is the
 * audit, the freshness check and the counting: a revocation that is visible to it is obeyed, in every process, with nothing to invalidate.
 * `again`: the outcome of an earlier try is unknown, so rows that it did commit are neither written nor counted twice.
 */
export async function insertAuditRows(
  db: Queryable,
  processId: string,
  rows: readonly AuditRow[],
  { again }: { again: boolean },
): Promise<NotWritten> {
  const kind = rows.some(({ quota }) => quota !== null) ? 'quotas' : 'plain';
  const { name, text, values } = (again ? AGAIN : FIRST)[kind];
  interface Result {
    now: Date;
    stale: number[];
    over: number[];
    freeAt: Date[];
  }
  const [result] = await db.query<Result>({ name, text, values: values(processId, rows) });
  const { now, stale, over, freeAt } = result as Result;
  const overQuota = new Map(over.map((sequence, index) => [sequence, freeAt[index] as Date]));
  return { stale: new Set(stale), overQuota, databaseNow: now };
}

/** Waits until no statement that writes to the audit is under way, in any process: each has been committed by then, or never will be. */
export async function settleAudit(db: Queryable): Promise<void> {
  await db.query({ text: 'select otobot_settled_audit_batch()' });
}
