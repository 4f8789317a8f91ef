import type { RowName } from './row-bytes';

/** What can be wrong, each with what it means in a sentence of its own. */
export const FAULTS = {
  row_altered: 'a row is not as it was sealed',
  row_missing: 'rows that were sealed are not there',
  row_inserted: 'a row was not there when its seal was made',
  row_unnumbered: 'rows have a number that was never given out, so no seal will ever hold them',
  rows_exchanged: 'a row stands where another one was sealed',
  seal_missing: 'seals are not there',
  seal_altered: 'a seal is not as it was made',
  end_missing: 'the end of the chain is not there',
  end_replaced: 'the chain is not the one that was there',
  gone_early: 'rows were gone before their day was dropped by age',
  key_unavailable: 'a seal cannot be checked without its encryption key',
  format_unknown: 'a seal was made by a newer version',
} as const;

export type Fault = keyof typeof FAULTS;

/** One place where the audit is not what it was. */
export interface Finding {
  fault: Fault;
  /** The seal that shows it; for a missing end, the first that is not there. */
  seal: number;
  /** The last one, where it is a run of seals. */
  lastSeal: number;
  /** Its rows were written between these moments, as far as the seals tell. */
  since: Date | null;
  until: Date | null;
  /** How many rows it is about; 0: about a seal itself. */
  rows: number;
  /** The row itself; null where it is not there. */
  row: RowName | null;
  /** The nearest rows that are as they were sealed. */
  before: RowName | null;
  after: RowName | null;
  /** More, in words. */
  note: string | null;
}

export type Span = Pick<Finding, 'seal' | 'lastSeal' | 'since' | 'until'>;

export function findingAt(span: Span, fault: Fault, more: Partial<Finding> = {}): Finding {
  return { ...span, fault, rows: 0, row: null, before: null, after: null, note: null, ...more };
}
