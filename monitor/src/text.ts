import { duration } from './duration';
import { printable } from './printable';
import type { Filters, Report, Totals } from './report';
import { table, type Look } from './table';
import type { Unknown } from './unknown';
import { verdictOf, type Verdict } from './verdict';

const STATE_COLOUR: Readonly<Record<Verdict['state'] | 'UNKNOWN', string>> = {
  OK: '32',
  WARNING: '33',
  CRITICAL: '31',
  UNKNOWN: '35',
};

/** The report for a person: the verdict, which monitoring systems show, the worst connections, and the totals. */
export function reportAsText(report: Report, filters: Filters, look: Look): string {
  const { state, summary } = verdictOf(report.totals);
  const hidden = report.totals.connections - report.rows.length;
  const rows = report.rows.length === 0 ? [] : ['', ...table(report, look)];
  const rest = hidden > 0 ? [`… and ${grouped(hidden)} more, no worse than these (--limit 0 shows all)`] : [];
  const out = incidentLines(report);
  return lines([
    headline(state, summary, look),
    ...rows,
    ...rest,
    '',
    ...out,
    ...totalLines(report.totals, filters, look),
  ]);
}

/** What a person sees when nothing can be said about the connections. */
export function unknownAsText({ message, hint }: Unknown, look: Look): string {
  return lines([headline('UNKNOWN', printable(message), look), `hint: ${printable(hint)}`]);
}

/** Lines that reportAsText prints besides the rows, and the prompt after it. */
export const LINES_AROUND_ROWS = 9;

function incidentLines({ incidents, now }: Report): string[] {
  return incidents.map(({ host, code, since, connections }) => {
    const forHowLong = duration(now.getTime() - since.getTime());
    return `out for ${forHowLong}: ${printable(host)} (${printable(code)}), ${counted(connections, 'connection')}`;
  });
}

function totalLines(totals: Totals, filters: Filters, { width }: Look): string[] {
  const { connections, allConnections, stopped, liveWorkers, refreshingPaused } = totals;
  const filtered = Object.values(filters).some((filter) => filter !== undefined);
  const where = [
    `${counted(connections, 'connection')}${filtered ? ` of ${grouped(allConnections)}` : ''}`,
    ...(stopped > 0 ? [`${grouped(stopped)} on hold`] : []),
    liveWorkers > 0 ? counted(liveWorkers, 'live worker') : 'no live worker: nothing is refreshed',
    ...(refreshingPaused ? ['refreshing is paused: otobot refresh --resume'] : []),
  ];
  const figures = [
    `${grouped(totals.expired)} expired`,
    `${grouped(totals.reconnect)} to reconnect`,
    `${grouped(totals.expiring)} ending within 24 h`,
    `${counted(totals.consentEnding, 'consent')} within 14 d`,
    counted(totals.refreshErrors, 'refresh error'),
  ];
  return [...wrapped(where, width), ...wrapped(figures, width)];
}

/** As many on a line as have room: a figure is not broken in two. */
function wrapped(parts: readonly string[], width: number): string[] {
  return parts.reduce<string[]>((done, part) => {
    const line = done.at(-1);
    if (line === undefined || line.length + SEPARATOR.length + part.length > width) return [...done, part];
    return [...done.slice(0, -1), line + SEPARATOR + part];
  }, []);
}

function headline(state: Verdict['state'] | 'UNKNOWN', summary: string, { colours }: Look): string {
  return `${colours ? `\x1b[1;${STATE_COLOUR[state]}m${state}\x1b[0m` : state}: ${summary}`;
}

const SEPARATOR = ' · ';
const grouped = (count: number): string => count.toLocaleString('en-US');
const counted = (count: number, what: string): string => `${grouped(count)} ${what}${count === 1 ? '' : 's'}`;
const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;
