import { dropOldAudit } from '../repositories/audit-retention';
import { forgetFailures } from '../repositories/failures';
import { deleteOldFlows } from '../repositories/flows';
import { forgetGoneProcesses } from '../repositories/processes';
import { dropOldHistory, makePartitions } from '../repositories/refresh-history';
import { deleteOldSets } from '../repositories/token-sets';
import type { KeyReload } from '../services/encryption-keys';
import { tellExpiring } from '../services/expiring/tell-expiring';
import { followIncidents } from '../services/refresh/incidents';
import { HOUR, MINUTE, SECOND } from '../services/refresh/moments';
import { tellOfPause } from '../services/refresh/restored';
import { sweepAbandoned } from '../services/refresh/sweep';
import { carryOutOrders } from '../services/revocations/carry-out-orders';
import { revokeDue } from '../services/revocations/revoke-due';
import type { Chore } from './chores';
import type { Identity } from './identity';
import type { N8nSync } from './n8n-sync';
import type { Spooling } from './spooling';
import { telling, type TellingParts } from './telling';

export interface UpkeepParts extends TellingParts {
  keys: KeyReload;
  spooling: Spooling;
  identity: Identity;
  n8nSync: Pick<N8nSync, 'turn'>;
  /** When a request to a provider is cut off. */
  requestTimeoutMs: number;
  /** How many days attempts are kept; 0: for ever. */
  historyDays: number;
  /** How many days the audit is kept; 0: for ever. */
  auditDays: number;
}

/** Partitions are there before their day comes. */
export const DAYS_AHEAD = 2;

/** What a worker does beside refreshing. */
export function upkeep(parts: UpkeepParts): Chore[] {
  const { database, vault, keys, outbound, n8nSync, requestTimeoutMs: timeoutMs, historyDays, auditDays, log } = parts;
  const revocationParts = { database, vault, agents: outbound.agents, timeoutMs, log };
  const history = { name: 'drop old history', everyMs: 10 * MINUTE, work: () => dropOldHistory(database, historyDays) };
  const audit = { name: 'drop old audit', everyMs: 10 * MINUTE, work: () => dropOldAudit(database, auditDays) };
  return [
    { name: 'sweep', everyMs: SECOND, work: () => sweep(parts) },
    { name: 'carry out orders to revoke', everyMs: SECOND, work: () => carryOutOrders(database) },
    { name: 'revoke', everyMs: SECOND, work: () => revokeDue(revocationParts) },
    { name: 'keep credentials in n8n up to date', everyMs: SECOND, work: () => n8nSync.turn() },
    ...telling(parts),
    { name: 'follow incidents', everyMs: SECOND, work: () => followIncidents(database, log) },
    { name: 'forget processes', everyMs: 10 * SECOND, work: () => forgetGoneProcesses(database) },
    { name: 'tell of coming ends', everyMs: 10 * SECOND, work: () => tellExpiring(database, vault) },
    { name: 'tell of a pause', everyMs: MINUTE, work: () => tellOfPause(database, log) },
    { name: 'forget failures', everyMs: MINUTE, work: () => forgetFailures(database) },
    { name: 'reload keys', everyMs: MINUTE, work: () => keys.reload() },
    { name: 'delete old token sets', everyMs: 10 * MINUTE, work: () => deleteOldSets(database) },
    ...(historyDays > 0 ? [history] : []),
    ...(auditDays > 0 ? [audit] : []),
    { name: 'delete old flows', everyMs: HOUR, work: () => deleteOldFlows(database) },
    { name: 'make partitions', everyMs: HOUR, work: () => makePartitions(database, DAYS_AHEAD) },
  ];
}

/** In that time a worker that lives has a session again. */
const RETURN_MS = 3 * SECOND;

/** First what lies on this disk: it is the end of attempts that would else be given up, and asked for once more. */
async function sweep({ database, spooling, identity, log }: UpkeepParts): Promise<void> {
  await spooling.adoption.run().catch((error: unknown) => {
    log.warn('cannot write what lies in the spool', { error: (error as Error).message });
  });
  // After a crash of the server everybody's session is new, and who has none yet is not dead for that.
  await sweepAbandoned(database, Math.random, log, identity.heldForMs() >= RETURN_MS);
}
