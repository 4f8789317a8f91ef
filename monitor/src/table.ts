import { distance } from './duration';
import { printable } from './printable';
import type { Report, Row, Severity } from './report';

/** How the terminal wants it. */
export interface Look {
  /** Columns that a line may take. */
  width: number;
  colours: boolean;
}

interface Column {
  title: string;
  text: (row: Row, now: Date) => string;
  /** May be cut, down to this many characters, where the line gets too long. */
  atLeast?: number;
}

const NONE = '-';
const GAP = '  ';

const COLUMNS: readonly Column[] = [
  { title: 'CLIENT', text: (row) => clientOf(row), atLeast: 12 },
  { title: 'SERVICE', text: (row) => row.service, atLeast: 9 },
  { title: 'NAME', text: (row) => row.name, atLeast: 7 },
  { title: 'STATUS', text: (row) => row.status },
  { title: 'EXPIRES IN', text: expiry },
  { title: 'REFRESHED', text: ({ lastRefreshedAt }, now) => (lastRefreshedAt ? distance(lastRefreshedAt, now) : NONE) },
  { title: 'FAILURES', text: failures, atLeast: 14 },
];

const COLOUR: Readonly<Record<Severity, string>> = {
  critical: '31',
  warning: '33',
  trouble: '36',
  ok: '0',
  stopped: '2',
};

/** The rows as a table, a line each, coloured by how bad they are. */
export function table({ rows, now }: Report, { width, colours }: Look): string[] {
  const cells = rows.map((row) => COLUMNS.map(({ text }) => printable(text(row, now))));
  const widths = fit(cells, width);
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, i) => cut(text, widths[i] ?? 0))
      .join(GAP)
      .trimEnd();
  const paint = (code: string, text: string): string =>
    colours && code !== '0' ? `\x1b[${code}m${text}\x1b[0m` : text;
  return [
    paint('1', line(COLUMNS.map(({ title }) => title))),
    ...rows.map((row, i) => paint(COLOUR[row.severity], line(cells[i] ?? []))),
  ];
}

/** Each column as wide as its widest text; then the widest that may be cut is, until the line fits. */
function fit(cells: readonly string[][], width: number): number[] {
  const widths = COLUMNS.map(({ title }, i) =>
    cells.reduce((widest, row) => Math.max(widest, row[i]?.length ?? 0), title.length),
  );
  const spare = (i: number): number => (widths[i] ?? 0) - (COLUMNS[i]?.atLeast ?? Infinity);
  let excess = widths.reduce((sum, column) => sum + column, GAP.length * (widths.length - 1)) - width;
  for (; excess > 0; excess--) {
    const widest = widths.map((_, i) => i).reduce((a, b) => (spare(b) > spare(a) ? b : a));
    if (spare(widest) <= 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

/** Cut in the middle: names of one kind differ at their ends. */
function cut(text: string, width: number): string {
  if (text.length <= width) return text.padEnd(width);
  const tail = Math.floor((width - 1) / 2);
  return `${text.slice(0, width - 1 - tail)}…${text.slice(text.length - tail)}`;
}

/** `-` is the organization itself, as in the API; the organization is named unless it is the usual one. */
function clientOf({ organization, clientId }: Row): string {
  const client = clientId ?? '-';
  return organization === 'default' ? client : `${organization}/${client}`;
}

const CONSENT_SOON_MS = 14 * 24 * 60 * 60 * 1_000;

/** When the token ends; or the consent, where that is near and the token is renewed until then, or ends later. */
function expiry({ expiresAt, consentEndsAt, renews }: Row, now: Date): string {
  const tokenFirst = expiresAt !== null && consentEndsAt !== null && !renews && expiresAt <= consentEndsAt;
  const consentIsNear = consentEndsAt !== null && consentEndsAt.getTime() - now.getTime() <= CONSENT_SOON_MS;
  if (consentIsNear && !tokenFirst) return `consent ${distance(consentEndsAt, now)}`;
  return expiresAt === null ? NONE : distance(expiresAt, now);
}

function failures({ failures: count, statusReason, lastError }: Row): string {
  const why = statusReason ?? lastError;
  return [count > 0 || why === null ? String(count) : '', why ?? ''].filter(Boolean).join(' ');
}
