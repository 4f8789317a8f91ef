import type { Filters, Report } from './report';
import type { Unknown } from './unknown';
import { EXIT_CODES, verdictOf } from './verdict';

/** Changes only when a field changes or goes; new fields may come at any time. */
const FORMAT_VERSION = 1;

/** The report as docs/monitor-tokens.schema.json describes it; a connection per line, which greps and diffs well. */
export function reportAsJson({ now, totals, incidents, rows }: Report, filters: Filters): string {
  const { state, summary } = verdictOf(totals);
  const { client = null, service = null, status = null } = filters;
  const head = {
    formatVersion: FORMAT_VERSION,
    state,
    exitCode: EXIT_CODES[state],
    summary,
    now,
    filters: { client, service, status },
    totals,
    incidents,
  };
  const connections = rows.map((row) => `\n    ${ascii(JSON.stringify(row))}`).join(',');
  return `${ascii(JSON.stringify(head, null, 2)).slice(0, -2)},\n  "connections": [${connections}\n  ]\n}\n`;
}

/** What is said when nothing can be said about the connections. */
export function unknownAsJson({ message, hint }: Unknown): string {
  const { UNKNOWN } = EXIT_CODES;
  const report = { formatVersion: FORMAT_VERSION, state: 'UNKNOWN', exitCode: UNKNOWN, summary: message, hint };
  return `${ascii(JSON.stringify(report, null, 2))}\n`;
}

/** Beyond ASCII by code, since it may go to a terminal, which obeys some of those characters. */
function ascii(json: string): string {
  return json.replace(/[\x7f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
