import type { AuditView } from '../services/audit/read-audit';
import { Streamed } from './streamed';

export const AUDIT_FORMATS = ['ndjson', 'csv'] as const;
export type AuditFormat = (typeof AUDIT_FORMATS)[number];
type Pages = AsyncIterable<readonly AuditView[]>;

/** A record a line: as JSON, or as CSV (RFC 4180) below a line of names. */
export function auditAs(format: AuditFormat, pages: Pages): Streamed {
  return format === 'csv'
    ? new Streamed('text/csv; charset=utf-8; header=present', 'audit.csv', csv(pages))
    : new Streamed('application/x-ndjson; charset=utf-8', 'audit.ndjson', ndjson(pages));
}

async function* ndjson(pages: Pages): AsyncGenerator<string> {
  for await (const page of pages) yield page.map((record) => `${JSON.stringify(record)}\n`).join('');
}

const COLUMNS: readonly (keyof AuditView)[] = [
  ...([
    'occurredAt',
    'action',
    'code',
    'actor',
    'clientId',
    'service',
    'connectionId',
    'generation',
    'address',
  ] as const),
  ...(['userAgent', 'requestId', 'workflowId', 'executionId', 'detail', 'processId', 'sequence'] as const),
];

async function* csv(pages: Pages): AsyncGenerator<string> {
  yield lineOf(COLUMNS);
  for await (const page of pages)
    yield page.map((record) => lineOf(COLUMNS.map((column) => textOf(record[column])))).join('');
}

const lineOf = (cells: readonly string[]): string => `${cells.map(cellOf).join(',')}\r\n`;

function textOf(value: AuditView[keyof AuditView]): string {
  if (value === null) return '';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** What callers sent about themselves must not become a formula in somebody's spreadsheet. */
function cellOf(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
