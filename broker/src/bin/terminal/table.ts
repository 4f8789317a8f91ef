import Table from 'cli-table3';
import { isMembers, type Json, type Members } from '../managing/json';
import { fromNow, isMoment, minuteOf } from './moments';
import { printable } from './printable';
import type { Screen } from './screen';

/** A column of a list. */
export interface Column {
  head: string;
  /** The member that it shows. */
  of: string;
  /** How, where not as it is. */
  as?: (value: Json, row: Members) => string;
  style?: (value: string) => Parameters<Screen['paint']>[0];
  /** Never cut: what people copy into the next command. */
  whole?: true;
  /** Left out, the last one first, where the row does not fit with it: there is another name for the thing, and `--json`. */
  spare?: true;
}

const GAP = 2;
const NARROWEST_COLUMN = 6;

/** Rows in aligned columns, cut to the screen's width where they must be. */
export function list(rows: readonly Members[], all: readonly Column[], screen: Screen): string {
  const columns = asManyAsFit(rows, all, screen);
  const cells = cellsOf(rows, columns);
  const table = bare(fitting(naturalWidths(cells, columns), columns, screen.columns));
  table.push(columns.map(({ head }) => screen.paint('dim', head)));
  for (const row of cells)
    table.push(row.map((cell, i) => (columns[i]?.style ? screen.paint(columns[i].style(cell), cell) : cell)));
  return withoutTrailingSpace(table.toString());
}

const cellsOf = (rows: readonly Members[], columns: readonly Column[]): string[][] =>
  rows.map((row) => columns.map(({ of, as = text }) => printable(as(row[of] ?? null, row))));

const naturalWidths = (cells: readonly string[][], columns: readonly Column[]): number[] =>
  columns.map(({ head }, i) => Math.max(head.length, ...cells.map((row) => widthOf(row[i] ?? ''))));

function asManyAsFit(rows: readonly Members[], columns: readonly Column[], screen: Screen): readonly Column[] {
  const lastSpare = columns.filter(({ spare }) => spare === true).at(-1);
  if (lastSpare === undefined || fits(rows, columns, screen)) return columns;
  const fewer = columns.filter((column) => column !== lastSpare);
  return asManyAsFit(rows, fewer, screen);
}

function fits(rows: readonly Members[], columns: readonly Column[], screen: Screen): boolean {
  const natural = naturalWidths(cellsOf(rows, columns), columns);
  return natural.reduce((sum, column) => sum + column + GAP, -GAP) <= screen.columns;
}

/** Every member of one thing that it has, a line each. */
export function record(members: Members, screen: Screen): string {
  const lines = linesOf(members);
  const labels = Math.max(...lines.map(([label]) => label.length));
  // What cannot be broken, such as a URL, is rather too long than cut.
  const longest = Math.max(...lines.flatMap(([, value]) => value.split(' ').map(widthOf)));
  const table = bare([labels + GAP, Math.max(screen.columns - labels - GAP, longest + GAP)], true);
  for (const [label, value] of lines) table.push([screen.paint('dim', label), printable(value)]);
  return withoutTrailingSpace(table.toString());
}

function linesOf(members: Members, prefix = ''): [label: string, value: string][] {
  return Object.entries(members).flatMap(([name, value]): [string, string][] => {
    if (value === null || (isMembers(value) && Object.keys(value).length === 0)) return [];
    const label = prefix + words(name);
    return isMembers(value) ? linesOf(value, `${label} `) : [[label, text(value)]];
  });
}

/** A value as people read it. */
export function text(value: Json): string {
  if (value === null || value === '') return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(text).join(' ');
  if (typeof value === 'object') return JSON.stringify(value);
  if (typeof value === 'string' && isMoment(value)) return `${minuteOf(value)} UTC (${fromNow(value)})`;
  return typeof value === 'string' && value.trim() === '' ? JSON.stringify(value) : String(value);
}

/** `clientId` → `client id`. */
function words(member: string): string {
  return member.replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`);
}

/** Takes from the widest column that may be cut, a character at a time, until the row fits. */
function fitting(natural: readonly number[], columns: readonly Column[], width: number): number[] {
  const widths = natural.map((column) => column + GAP);
  const cuttable = widths.map((_, i) => columns[i]?.whole !== true);
  for (let excess = widths.reduce((a, b) => a + b, -GAP) - width; excess > 0; excess--) {
    const widest = Math.max(...widths.filter((_, i) => cuttable[i]));
    if (widest <= NARROWEST_COLUMN + GAP) break;
    widths[widths.findIndex((column, i) => cuttable[i] && column === widest)] = widest - 1;
  }
  return widths;
}

function bare(colWidths: number[], wordWrap = false) {
  const none = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '' };
  const chars = { ...none, 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '' };
  return new Table({
    chars: { ...chars, right: '', 'right-mid': '', middle: '' },
    style: { 'padding-left': 0, 'padding-right': GAP, head: [], border: [], compact: true },
    colWidths,
    wordWrap,
    wrapOnWordBoundary: true,
  });
}

/** In columns of a terminal: wide scripts and pictures take two. */
function widthOf(cell: string): number {
  const wide = cell.match(
    /\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Emoji_Presentation}/gu,
  );
  return cell.replace(/\p{M}/gu, '').replace(/[\u{10000}-\u{10ffff}]/gu, '_').length + (wide?.length ?? 0);
}

function withoutTrailingSpace(lines: string): string {
  return lines.replace(/[ ]+$/gm, '');
}
