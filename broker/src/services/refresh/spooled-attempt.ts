import type { EndedAttempt } from './ended-attempts';

/**
 * The end of an attempt as one line of text and back. What it is made of is not listed here, or a field that is added elsewhere would
 * get lost in a spool without anybody noticing; an older line read by a newer version lacks it, and it counts as not given.
 */
export function textOf(ended: EndedAttempt): string {
  return JSON.stringify(marked(ended));
}

/** Null: this is no end of an attempt. */
export function attemptOf(text: string): EndedAttempt | null {
  try {
    const ended = unmarked(JSON.parse(text)) as EndedAttempt;
    const { connectionId, organizationId, attemptId, startedAt, next } = ended.completion;
    const isWhole = [connectionId, organizationId, attemptId, ended.app.id].every((id) => UUID.test(id));
    return isWhole && startedAt instanceof Date && Array.isArray(next.events) ? ended : null;
  } catch {
    return null;
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

// What JSON has no form of.
const AT = '$at';
const BYTES = '$bytes';

function marked(value: unknown): unknown {
  if (value instanceof Date) return { [AT]: value.toISOString() };
  if (Buffer.isBuffer(value)) return { [BYTES]: value.toString('base64') };
  if (Array.isArray(value)) return value.map(marked);
  return isObject(value) ? mapped(value, marked) : value;
}

function unmarked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmarked);
  if (!isObject(value)) return value;
  const { [AT]: at, [BYTES]: bytes } = value;
  if (typeof at === 'string') return new Date(at);
  return typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : mapped(value, unmarked);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const mapped = (object: Record<string, unknown>, change: (value: unknown) => unknown): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
