import type { z } from 'zod';

/** What is said of a value that a schema has no words of its own for. */
export function inPlainWords(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'is missing';
  if (issue.code === 'invalid_type' && KINDS[issue.expected] !== undefined) {
    // A parameter that a query names twice arrives as a list.
    const single = Array.isArray(issue.input) && issue.expected !== 'array' ? ', a single value' : '';
    return `must be ${KINDS[issue.expected]}${single}`;
  }
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_small') return `must ${bound(issue.origin, 'at least', issue.minimum)}`;
  if (issue.code === 'too_big') return `must ${bound(issue.origin, 'at most', issue.maximum)}`;
  return undefined;
}

/** What may be expected, as people call it. */
const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function bound(origin: string, least: string, limit: number | bigint): string {
  const counted = COUNTED[origin];
  return counted ? `have ${least} ${limit} ${counted[limit === 1 ? 0 : 1]}` : `be ${least} ${limit}`;
}

/** What a limit counts, where it is not for the value itself. */
const COUNTED: Readonly<Record<string, readonly [one: string, more: string]>> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
};
