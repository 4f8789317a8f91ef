import type { PresentRow } from '../../../repositories/audit-seals';
import type { AuditSeal } from '../../../types/audit-seal';
import type { Compared, Mismatch } from './compare-rows';
import { findExchanged, type Suspect } from './exchanged';
import { findingAt, type Fault, type Finding, type Span } from './finding';
import { nameOf } from './row-bytes';

export interface RowFindings {
  /** A row that stands where no seal is. */
  outside(span: Span, row: PresentRow): void;
  /** What did not fit a seal. */
  compared(span: Span, seal: AuditSeal, compared: Compared): void;
  end(): Finding[];
  /** How many rows are not as they were sealed, beyond those that are listed. */
  unlisted(): number;
}

/** Places that are listed one by one; the others are counted. */
const MOST_LISTED = 100;

export function createRowFindings(): RowFindings {
  const listed: { span: Span; suspect: Suspect }[] = [];
  let unlisted = 0;
  const list = (span: Span, suspect: Suspect): void => {
    if (listed.length < MOST_LISTED) listed.push({ span, suspect });
    else unlisted++;
  };
  return {
    outside(span, row) {
      const mismatch = { sealed: null, present: Buffer.from(row.bytes, 'hex'), before: null, after: null };
      list(span, { mismatch, salt: Buffer.alloc(0) });
    },
    compared(span, { salt }, { mismatches, altered, missing, inserted }) {
      for (const mismatch of mismatches) list(span, { mismatch, salt });
      unlisted += altered + missing + inserted - mismatches.length;
    },
    end() {
      const exchanged = findExchanged(listed.map(({ suspect }) => suspect));
      return listed.map(({ span, suspect: { mismatch } }) =>
        findingAt(span, exchanged.has(mismatch) ? 'rows_exchanged' : faultOf(mismatch), {
          rows: 1,
          row: mismatch.present && nameOf(mismatch.present),
          before: mismatch.before,
          after: mismatch.after,
        }),
      );
    },
    unlisted: () => unlisted,
  };
}

function faultOf({ sealed, present }: Mismatch): Fault {
  if (present === null) return 'row_missing';
  return sealed === null ? 'row_inserted' : 'row_altered';
}
