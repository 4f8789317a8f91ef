import { isStorable } from './storable';

/** The member at a path: names with dots between them, and positions in lists. undefined: there is none. */
export function memberAt(value: unknown, path: string): unknown {
  let found: unknown = value;
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  return found;
}

/** The text, or the number as text, at a path; null for anything else, and for what is empty, too long or cannot be stored. */
export function textAt(value: unknown, path: string, maxLength: number): string | null {
  const found = memberAt(value, path);
  const text = typeof found === 'number' ? String(found) : found;
  return typeof text === 'string' && text !== '' && text.length <= maxLength && isStorable(text) ? text : null;
}
