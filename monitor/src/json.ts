import type { Filters, Report } from './report';
import type { Unknown } from './unknown';
import { EXIT_CODES, verdictOf } from './verdict';

/** Changes only when a field changes or goes; new fields may come at any time. */
const FORMAT_VERSION = 1;

/** The report as docs/monitor-tokens.schema.json describes it. */
export function reportAsJson({ now, totals, rows }: Report, filters: Filters): string {
  const { state, summary } = verdictOf(totals);
  const { client = null, service = null, status = null } = filters;
  return asciiJson({
    formatVersion: FORMAT_VERSION,
    state,
    exitCode: EXIT_CODES[state],
    summary,
    now,
    filters: { client, service, status },
    totals,
    connections: rows,
  });
}

/** What is said when nothing can be said about the connections. */
export function unknownAsJson({ message, hint }: Unknown): string {
  return asciiJson({
    formatVersion: FORMAT_VERSION,
    state: 'UNKNOWN',
    exitCode: EXIT_CODES.UNKNOWN,
    summary: message,
    hint,
  });
}

/** Beyond ASCII by code, since it may go to a terminal, which obeys some of those characters. */
function asciiJson(value: object): string {
  const text = JSON.stringify(value, null, 2);
  return `${text.replace(/[\x7f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}
