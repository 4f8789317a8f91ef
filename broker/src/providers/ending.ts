import type { IncomingMessage } from 'node:http';
import { bodyOfJson, bodyOfText, type AnswerBody } from './answer-body';

/** How simple-oauth2 ended, before anybody judged it. */
export type Ending = { kind: 'parsed'; value: unknown } | { kind: 'failed'; error: unknown } | { kind: 'timeout' };

/** What Wreck leaves in its errors. */
interface WreckError {
  output?: { statusCode?: unknown };
  data?: { isResponseError?: unknown; payload?: unknown } | null;
}

/** The answer's body, or null when it did not arrive whole. */
export function bodyOf(ending: Ending, response: IncomingMessage): AnswerBody | null {
  if (ending.kind === 'timeout') return null;
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') return { kind: 'encoded' };
  if (ending.kind === 'parsed') return bodyOfJson(ending.value);
  const { data, output } = ending.error as WreckError;
  if (data?.isResponseError === true) return bodyOfJson(data.payload);
  if (Buffer.isBuffer(data?.payload))
    return bodyOfText(data.payload.toString(), response.headers['content-type'] ?? '');
  if (output?.statusCode === 413) return { kind: 'oversized' };
  // A whole answer that made simple-oauth2 stumble: JSON, but null or a bare number, or no body at all.
  return response.complete ? { kind: 'empty' } : null;
}
