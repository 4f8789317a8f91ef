import type { FailureClass } from './classification-rules';
import type { GrantedTokens } from './granted';

export interface TokenGranted extends GrantedTokens {
  class: 'granted';
  httpStatus: number;
  durationMs: number;
}

export interface TokenFailure {
  class: FailureClass;
  /** Safe to store and to log: `[a-z0-9_.-]`, at most 64 characters, never a secret. */
  code: string;
  /** Null: no answer. */
  httpStatus: number | null;
  /** What the provider asked for, at most 1 h; null: nothing. */
  retryAfterMs: number | null;
  /** False only when the request is known not to have left: refused, no such host, no connection, failed handshake. */
  sent: boolean;
  /**
   * True when the provider may have processed the request, and so may have rotated the refresh token, without our holding the answer:
   * sent and not completely answered; 502 or 504 from a gateway; a 2xx that could not be read (encoded, too large, broken).
   * Any other HTTP answer is certain, also an error: nothing was issued.
   */
  uncertain: boolean;
  durationMs: number;
}

/** What became of one call. Providers' behaviour never throws. */
export type TokenOutcome = TokenGranted | TokenFailure;
