/** The median, and between which rounds it lies. */
export const of = (rounds, middle) =>
  `${middle.toFixed(2)} (${Math.min(...rounds).toFixed(2)} to ${Math.max(...rounds).toFixed(2)})`;
export const whole = (value) => Math.round(value).toLocaleString('en');
export const orNone = (value) => (value === null ? '-' : whole(value));
export const ms = (value) => value.toFixed(2);
export const percent = (share) => `${Math.round(share * 100)} %`;

/** Rows of cells as lines: the first column to the left, the others to the right. */
export function aligned(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const cell = (text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column]));
  return rows.map((row) => `  ${row.map(cell).join('  ')}`).join('\n');
}
