import { createHash, timingSafeEqual } from 'node:crypto';
import { ConfigurationError } from '../errors/configuration-error';

const VARIABLE = 'INTERNAL_API_TOKEN';
const SHORTEST = 32;

/** The accepted internal tokens, as hashes: nothing that a log could give away. */
export interface InternalTokens {
  readonly hashes: readonly Buffer[];
}

/**
 * Reads INTERNAL_API_TOKEN: one token, or `new,old` while it is being replaced, at least 32 characters each.
 * Throws ConfigurationError, which never quotes the value.
 */
export function parseInternalTokens(value: string): InternalTokens {
  const tokens = value.split(',');
  const message = mistakeIn(tokens);
  if (message !== null) {
    throw new ConfigurationError([{ name: VARIABLE, message, hint: 'make one with: openssl rand -hex 32' }]);
  }
  return { hashes: tokens.map(sha256) };
}

/** Whether a caller presented one of the tokens. Its time depends on the length of what he sent, on nothing of ours. */
export function matchesInternalToken(tokens: InternalTokens, presented: string): boolean {
  return hashesInternalToken(tokens, sha256(presented));
}

/** The same of the SHA-256 of what he presented. */
export function hashesInternalToken({ hashes }: InternalTokens, presentedHash: Buffer): boolean {
  // Every one is compared: stopping at the first match would tell which of the two it was.
  return hashes.map((expected) => timingSafeEqual(presentedHash, expected)).includes(true);
}

function mistakeIn(tokens: readonly string[]): string | null {
  if (tokens.length > 2) return 'holds more than two tokens: only `new,old` is possible';
  if (tokens.some((token) => token.length < SHORTEST)) return `needs at least ${SHORTEST} characters in each token`;
  if (!tokens.every((token) => /^[\x21-\x7e]+$/.test(token))) {
    return 'contains white space, a line break or a character that no HTTP header carries';
  }
  return null;
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
