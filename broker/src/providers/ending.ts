import type { IncomingMessage } from 'node:http';
import { bodyOfJson, bodyOfText, type AnswerBody } from './answer-body';

/** How simple-oauth2 ended, before anybody judged it. */
export type Ending = { kind: 'parsed'; value: unknown } | { kind: 'failed'; error: unknown } | { kind: 'timeout' };

/** What Wreck leaves in its errors. */
interface WreckError {
  data?: { isResponseError?: unknown; payload?: unknown } | null;
}

/** The answer's body; null when it did not arrive whole. Too large a one is cut, which Wreck reports like any other end. */
export function bodyOf(ending: Ending, response: IncomingMessage, isOversized: boolean): AnswerBody | null {
  if (ending.kind === 'timeout') return null;
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') return { kind: 'encoded' };
  if (ending.kind === 'parsed') return bodyOfJson(ending.value);
  const { data } = ending.error as WreckError;
  if (data?.isResponseError === true) return bodyOfJson(data.payload);
  if (Buffer.isBuffer(data?.payload))
    return bodyOfText(data.payload.toString(), response.headers['content-type'] ?? '');
  if (isOversized) return { kind: 'oversized' };
  // A whole answer that made simple-oauth2 stumble: JSON, but null or a bare number, or no body at all.
  return response.complete ? { kind: 'empty' } : null;
}
