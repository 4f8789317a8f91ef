/** What an element may be: text, a number, a moment. */
type Element = string | number | Date | null | undefined;

/**
 * A PostgreSQL array as text, for a parameter; null where every element is, since unnest() of several arrays fills up what is missing. The
 * driver would make the same of a JavaScript array, at several times the cost.
 */
export function arrayLiteral<Row>(rows: readonly Row[], valueOf: (row: Row) => Element): string | null {
  let text = '';
  let isEmpty = true;
  for (const row of rows) {
    const value = valueOf(row);
    if (value === null || value === undefined) text += ',NULL';
    else {
      isEmpty = false;
      if (typeof value === 'number') text += `,${value}`;
      else text += `,"${typeof value === 'string' ? escaped(value) : value.toISOString()}"`;
    }
  }
  return isEmpty ? null : `{${text.slice(1)}}`;
}

const SPECIAL = /["\\]/g;

function escaped(value: string): string {
  return value.includes('"') || value.includes('\\') ? value.replace(SPECIAL, '\\$&') : value;
}
