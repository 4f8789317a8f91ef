import type { Database } from '../../db/database';
import type { Logger } from '../../log/logger';
import type { OutboundAgents } from '../../outbound/outbound';
import type { N8nClaim } from '../../repositories/n8n-outcomes';
import type { ClaimedN8nCredential } from '../../repositories/n8n-pushes';
import type { Vault } from '../../vault/vault';
import type { AuditLane } from '../audit/audit-lane';
import type { N8nApi, N8nFailure } from './n8n-api';
import type { Standing } from './next-look';

/** What it takes to put credentials into n8n, and to take them away. */
export interface N8nSyncParts {
  /** Under role otobot_refresh. */
  database: Database;
  vault: Vault;
  /** Each token is written there before it leaves. */
  audit: Pick<AuditLane, 'commit'>;
  agents: Pick<OutboundAgents, 'http' | 'https'>;
  /** For one request to an n8n. */
  timeoutMs: number;
  random: () => number;
  log: Logger;
}

/** A claim, with the n8n that it is about. */
export interface AtN8n {
  claim: ClaimedN8nCredential;
  api: N8nApi;
}

/** The token that is to stand there. */
export interface WantedToken {
  connectionId: string;
  generation: number;
  accessSealed: Buffer;
}

/** What came of a claim. `stale`: what it was decided on has changed, and it is looked at once more. */
export type Ended =
  | { end: 'settled'; settle: (claim: N8nClaim) => Promise<void>; answered: boolean }
  | { end: 'failed'; failure: N8nFailure }
  | { end: 'stale' };

export const failedBy = (failure: N8nFailure): Ended => ({ end: 'failed', failure });

/** Where the token stands in its life, as of the claim. */
export const standingOf = ({ now, expiresAt, lifetimeSeconds, mayHasten }: ClaimedN8nCredential): Standing => ({
  ...{ now, expiresAt, lifetimeSeconds, mayHasten },
});
