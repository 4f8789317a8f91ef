import type { Database } from '../../db/database';
import type { OutboundAgents } from '../../outbound/outbound';
import type { Vault } from '../../vault/vault';
import type { AuditLane } from '../audit/audit-lane';
import type { Refusals } from '../audit/refusals';

/** What the services behind the Connect page work with. */
export interface ConnectParts {
  /** Under role otobot_serve. */
  database: Database;
  /** Under role otobot_audit: links and states are looked up before the tenant is known. */
  lookups: Database;
  vault: Vault;
  audit: AuditLane;
  refusals: Refusals;
  agents: Pick<OutboundAgents, 'http' | 'https'>;
  /** Origin under which clients' browsers reach us. */
  publicUrl: string;
}
