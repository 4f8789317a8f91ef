import type { AuditSeal } from '../../../types/audit-seal';
import type { Compared } from './compare-rows';
import { findingAt, type Finding, type Span } from './finding';

export interface DroppedDays {
  /** Rows that are there still, by their day. */
  present(intact: ReadonlyMap<string, number>): void;
  /** Whether all that is missing of a seal are whole days. They are noted, and told at the end where nothing justifies them. */
  explains(seal: AuditSeal, compared: Compared, span: Span): boolean;
  /** A row, as it was sealed at that moment, says that a day was dropped by age. */
  told(detail: unknown, sealedAt: Date | null): void;
  end(): { dropped: { rows: number; upToDay: string } | null; findings: Finding[] };
}

/** A row that says so about younger days was not written by the broker: AUDIT_DAYS is at least 30. */
const YOUNGEST_DAYS = 30;
const DAY_MS = 86_400_000;
/** As the broker writes it: days are compared as texts. */
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Days go by age, so that the day dropped last explains the absence of all before it, also when the rows that told of those are gone. */
export function accountForDroppedDays(): DroppedDays {
  const absent = new Map<string, { rows: number; span: Span }>();
  const toldRows = new Map<string, number>();
  const there = new Set<string>();
  return {
    present(intact) {
      for (const day of intact.keys()) there.add(day);
    },
    explains({ days }, { altered, inserted, missing, intact }, span) {
      if (altered > 0 || inserted > 0 || missing === 0) return false;
      const gone = Object.entries(days).filter(([day]) => !intact.has(day));
      if (gone.reduce((sum, [, rows]) => sum + rows, 0) !== missing) return false;
      for (const [day, rows] of gone) {
        const known = absent.get(day) ?? { rows: 0, span: { ...span } };
        known.rows += rows;
        Object.assign(known.span, { lastSeal: span.lastSeal, until: span.until });
        absent.set(day, known);
      }
      return true;
    },
    told(detail, sealedAt) {
      const { day, rows } = (detail ?? {}) as { day?: unknown; rows?: unknown };
      if (typeof day !== 'string' || !DAY.test(day) || !Number.isSafeInteger(rows) || sealedAt === null) return;
      // This way round: what is no date is not old.
      if (!(Date.parse(day) + YOUNGEST_DAYS * DAY_MS <= sealedAt.getTime())) return;
      toldRows.set(day, (toldRows.get(day) ?? 0) + (rows as number));
    },
    end() {
      const upToDay = [...toldRows.keys()].sort().at(-1) ?? '';
      const findings: Finding[] = [];
      let dropped = 0;
      for (const [day, { rows, span }] of absent) {
        // Days go whole: one of which something is there was not dropped, whatever is told.
        if (there.has(day))
          findings.push(findingAt(span, 'row_missing', { rows, note: `of ${day}, of which others are there` }));
        else if (day > upToDay) findings.push(findingAt(span, 'row_missing', { rows, note: `all of them of ${day}` }));
        else dropped += rows;
        const early = rows - (toldRows.get(day) ?? rows);
        if (day <= upToDay && !there.has(day) && early > 0)
          findings.push(findingAt(span, 'gone_early', { rows: early, note: `all of them of ${day}` }));
      }
      return { dropped: dropped === 0 ? null : { rows: dropped, upToDay }, findings };
    },
  };
}
