import type { Database } from '../db/database';
import type { Logger } from '../log/logger';
import type { Outbound } from '../outbound/outbound';
import { checkToken } from '../providers/token-check';
import { requestToken } from '../providers/token-endpoint';
import type { ClaimedConnection } from '../repositories/refresh-claims';
import { findAwaitedAnswer } from '../repositories/refresh-sweeps';
import { findLateSet } from '../repositories/token-sets';
import type { KeyReload } from '../services/encryption-keys';
import type { AttemptClock, RefreshParts } from '../services/refresh/attempt';
import { createCompletions } from '../services/refresh/completions';
import { createHostHealth } from '../services/refresh/host-health';
import { patiently, type Patience } from '../services/refresh/patiently';
import { refreshConnection } from '../services/refresh/refresh-connection';
import type { Vault } from '../vault/vault';
import type { Spooling } from './spooling';

/** A worker's attempts, with all that one needs. */
export interface Attempts {
  refresh(claim: ClaimedConnection, clock: AttemptClock): Promise<void>;
  /** From now on an answer waits for the database no longer than so many milliseconds; then it is the spool's. */
  holdOnFor(ms: number): void;
  /** Resolves when nothing waits to be committed. */
  idle(): Promise<void>;
}

export interface AttemptsParts {
  database: Database;
  vault: Vault;
  keys: KeyReload;
  spooling: Spooling;
  outbound: Outbound;
  limits: RefreshParts['limits'];
  /** After each commit. */
  onWritten: () => void;
  log: Logger;
}

export function createAttempts(given: AttemptsParts): Attempts {
  const { database, vault, keys, spooling, outbound, limits, onWritten, log } = given;
  const patience: Patience = { endsAt: Infinity };
  const completions = createCompletions({
    ...{ database, onWritten, patience, spool: spooling.spool, log },
    hostHealth: createHostHealth({ random: Math.random, log }),
  });
  const parts: RefreshParts = {
    ...{ vault, requestToken, checkToken, agents: outbound.agents, limits, random: Math.random, log, completions },
    reloadKeys: () => keys.reload(),
    findLateSet: (connectionId, generation) =>
      patiently(patience, () => findLateSet(database, connectionId, generation)),
    findAwaitedAnswer: async (connectionId, generation) => {
      const spooled = await spooling.adoption.isOwed();
      return patiently(patience, () => findAwaitedAnswer(database, { connectionId, generation, spooled }));
    },
  };
  return {
    refresh: (claim, clock) => refreshConnection(parts, claim, clock),
    holdOnFor: (ms) => {
      patience.endsAt = performance.now() + ms;
    },
    idle: () => completions.idle(),
  };
}
