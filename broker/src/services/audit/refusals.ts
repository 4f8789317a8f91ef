import type { AuditEntry } from '../../repositories/audit';
import { networkOf } from '../access/network';
import type { AuditLane } from './audit-lane';

export interface Refusals {
  /** Notes a refusal in the audit without keeping the caller waiting. */
  note(entry: AuditEntry): void;
  /** Writes what has only been counted so far. */
  flush(): Promise<void>;
}

const ONE_BY_ONE = 60;
const WINDOW_MS = 60_000;
const MOST_GROUPS = 10_000;

/**
 * Refusals of one kind from one place are written one by one up to 60 a minute; those beyond are counted and written as a single row,
 * so that an attacker can neither fill the disk nor go unnoticed.
 */
export function createRefusals(
  audit: AuditLane,
  onLost: (error: unknown) => void,
  nowMs: () => number = () => performance.now(),
): Refusals {
  let windowStart = nowMs();
  let counted = new Map<string, { entry: AuditEntry; count: number }>();

  const write = (entry: AuditEntry): Promise<unknown> => audit.commit(entry).catch(onLost);

  const flush = async (): Promise<void> => {
    const groups = [...counted.values()].filter(({ count }) => count > ONE_BY_ONE);
    counted = new Map();
    windowStart = nowMs();
    await Promise.all(
      groups.map(({ entry, count }) =>
        write({ ...entry, requestId: null, userAgent: null, detail: { further: count - ONE_BY_ONE } }),
      ),
    );
  };

  return {
    note(entry) {
      if (nowMs() - windowStart > WINDOW_MS) void flush();
      const wanted = JSON.stringify([entry.code, entry.actor, networkOf(entry.address)]);
      // Beyond that many different sources in a minute, the rest share one row.
      const group = counted.has(wanted) || counted.size < MOST_GROUPS ? wanted : 'others';
      const known = counted.get(group) ?? { entry, count: 0 };
      known.count++;
      counted.set(group, known);
      if (known.count <= ONE_BY_ONE) void write(entry);
    },
    flush,
  };
}
