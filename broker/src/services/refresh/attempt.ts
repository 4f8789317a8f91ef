import type { Logger } from '../../log/logger';
import type { requestToken, TokenCall } from '../../providers/token-endpoint';
import type { checkToken } from '../../providers/token-check';
import type { SealedSet } from '../../repositories/refresh-completions';
import type { LateSet } from '../../repositories/token-sets';
import type { Vault } from '../../vault/vault';
import type { Completions } from './completions';
import type { Outcome } from './state';

/** What attempts are made with; network, time and chance come in here. */
export interface RefreshParts {
  vault: Vault;
  requestToken: typeof requestToken;
  checkToken: typeof checkToken;
  agents: TokenCall['agents'];
  completions: Completions;
  /** Looks at the data keys again: one may be new. */
  reloadKeys(): Promise<void>;
  findLateSet(connectionId: string, generation: number): Promise<LateSet | null>;
  /** Until when an answer to an attempt of this generation may still come in that was given up; null: none can. */
  findAwaitedAnswer(connectionId: string, generation: number): Promise<Date | null>;
  limits: { requestTimeoutMs: number; minLeaseMs: number };
  /** In [0, 1). */
  random(): number;
  log: Logger;
}

/** The attempt's own clock: database time, moved on by this machine's monotonic clock. */
export interface AttemptClock {
  now(): Date;
  leaseLeftMs(): number;
}

/** How an attempt ended, before it is written down. */
export interface Ending {
  outcome: Outcome;
  /** What the provider, or we, called the failure. */
  errorCode: string | null;
  httpStatus: number | null;
  durationMs: number | null;
  /** Who was asked; null: nobody. */
  askedHost: string | null;
  set: SealedSet | null;
  adoptedSetId: string | null;
  /** The client secret that the provider accepted. */
  secretPosition: number | null;
}

export const endingWith = (outcome: Outcome): Ending => ({
  outcome,
  errorCode: 'code' in outcome ? outcome.code : null,
  httpStatus: null,
  durationMs: null,
  askedHost: null,
  set: null,
  adoptedSetId: null,
  secretPosition: null,
});
