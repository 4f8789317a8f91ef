import type { Database } from '../db/database';
import type { Logger } from '../log/logger';
import type { Outbound } from '../outbound/outbound';
import type { AuditLane } from '../services/audit/audit-lane';
import { MINUTE, SECOND } from '../services/refresh/moments';
import { clearAwayEvents } from '../services/webhooks/clear-away';
import { DELIVERY_LIMITS, deliverDue } from '../services/webhooks/deliver-due';
import { dispatchDue } from '../services/webhooks/dispatch';
import type { Vault } from '../vault/vault';
import type { Chore } from './chores';

export interface TellingParts {
  database: Database;
  vault: Vault;
  outbound: Outbound;
  /** Where clients reach the broker; null: not known here. */
  publicUrl: string | null;
  /** For what a worker decides by itself. */
  audit: Pick<AuditLane, 'commit'>;
  log: Logger;
}

/** When the request to a webhook is cut off. */
const TIMEOUT_MS = 10 * SECOND;
/** With nothing to do it is two statements that find nothing. */
const OFTEN_MS = SECOND / 2;

/** How events reach those who hear them. */
export function telling({ outbound, ...parts }: TellingParts): Chore[] {
  const { database } = parts;
  const how = { agents: outbound.agents, timeoutMs: TIMEOUT_MS, limits: DELIVERY_LIMITS };
  const delivery = { ...parts, ...how, random: Math.random, now: () => new Date() };
  return [
    { name: 'dispatch events', everyMs: OFTEN_MS, work: () => dispatchDue(database) },
    { name: 'deliver events', everyMs: OFTEN_MS, work: (stopping) => deliverDue(delivery, stopping) },
    { name: 'clear away events', everyMs: MINUTE, work: () => clearAwayEvents(database) },
  ];
}
