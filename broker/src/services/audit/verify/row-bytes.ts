import { AFTER_ALL_DAYS, BEFORE_ALL_DAYS } from '../../../repositories/audit-seals';

/** What tells a row from all others, for whoever has to look for it. */
export interface RowName {
  occurredAt: Date;
  organizationId: string | null;
  requestId: string | null;
  processId: string;
  sequence: number;
  batch: number;
  action: string;
  code: string;
  actor: string;
}

// Columns of format 1 by their number; the first four are never null, so their bytes are always in the same place: each has 4 bytes of
// type, 4 of length, and the value.
const COLUMN = {
  ...{ occurredAt: 0, processId: 1, batch: 2, sequence: 3, organizationId: 4, action: 5, code: 6, actor: 7 },
  requestId: 14,
} as const;
const OCCURRED_AT = 12;
/** Where process, batch and sequence are: a row's place in the order. */
export const PLACE_IN_ROW = { from: 20, to: 76 } as const;
const SINCE_2000_MS = Date.UTC(2000, 0, 1);
const DAY_MS = 86_400_000;
const LAST_MS = 100_000_000 * DAY_MS;

/** Reads the bytes of a row, such as `record_send` makes them (docs/audit-evidence.md). */
export function nameOf(bytes: Buffer): RowName {
  const columns = columnsOf(bytes);
  const text = (name: keyof typeof COLUMN): string => columns[COLUMN[name]]?.toString('utf8') ?? '';
  const number = (name: 'batch' | 'sequence'): number => Number(columns[COLUMN[name]]?.readBigInt64BE() ?? 0n);
  return {
    occurredAt: new Date(momentOf(bytes)),
    organizationId: uuidOf(columns[COLUMN.organizationId] ?? null),
    requestId: columns[COLUMN.requestId]?.toString('utf8') ?? null,
    processId: uuidOf(columns[COLUMN.processId] ?? null) ?? '',
    sequence: number('sequence'),
    batch: number('batch'),
    action: text('action'),
    code: text('code'),
    actor: text('actor'),
  };
}

/** The last column: JSON, behind a byte for its version. */
export function detailOf(bytes: Buffer): unknown {
  const detail = columnsOf(bytes).at(-1);
  return detail == null ? null : JSON.parse(detail.subarray(1).toString('utf8'));
}

const YEAR_1_MS = Date.parse('0001-01-01T00:00:00Z');
const YEAR_10000_MS = Date.parse('+010000-01-01T00:00:00Z');

/** The UTC day of a row, as the seals name it. */
export function dayOf(bytes: Buffer): string {
  const moment = momentOf(bytes);
  if (moment < YEAR_1_MS) return BEFORE_ALL_DAYS;
  if (moment >= YEAR_10000_MS) return AFTER_ALL_DAYS;
  return new Date(Math.floor(moment / DAY_MS) * DAY_MS).toISOString().slice(0, 10);
}

/** When it was written, in milliseconds since 1970, within what a Date can hold: a row may say infinity. */
export function momentOf(bytes: Buffer): number {
  const moment = SINCE_2000_MS + Number(bytes.readBigInt64BE(OCCURRED_AT)) / 1_000;
  return Math.min(Math.max(moment, -LAST_MS), LAST_MS);
}

function columnsOf(bytes: Buffer): (Buffer | null)[] {
  const columns: (Buffer | null)[] = [];
  for (let at = 4; at < bytes.length;) {
    const length = bytes.readInt32BE(at + 4);
    columns.push(length < 0 ? null : bytes.subarray(at + 8, at + 8 + length));
    at += 8 + Math.max(length, 0);
  }
  return columns;
}

function uuidOf(bytes: Buffer | null): string | null {
  return bytes === null ? null : bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
