import { connectDatabase, type Database } from '../db/database';
import { ConfigurationError } from '../errors/configuration-error';
import type { Logger } from '../log/logger';
import type { Outbound } from '../outbound/outbound';
import { findOrganization } from '../repositories/organizations';
import type { Authorize } from '../services/access/authorize';
import type { AuditLane } from '../services/audit/audit-lane';
import type { BrokenChain } from '../services/audit/head-file';
import { createHeadExport } from '../services/audit/head-export';
import { createHeadWatch } from '../services/audit/head-watch';
import { ownEntry } from '../services/audit/own-entry';
import { createReadHead, type ReadHead } from '../services/audit/read-head';
import { createSealer, type Sealer } from '../services/audit/sealer';
import type { KeyReload } from '../services/encryption-keys';
import type { Config } from '../types/config';
import type { Vault } from '../vault/vault';

interface Parts {
  databaseUrl: string;
  vault: Vault;
  keys: KeyReload;
  authorize: Authorize;
  processId: string;
  audit: AuditLane;
  auditDatabase: Database;
  outbound: Outbound;
  log: Logger;
}

export interface AssembledSealer extends Sealer {
  /** For a database that hangs: what waits for it fails at once. */
  cut(): void;
}

/** The sealer of this process with all it stands on, and what reads by its rights. */
export function assembleSealer(
  { auditHeadUrl, dataDir }: Config,
  parts: Parts,
): { sealer: AssembledSealer; readHead: ReadHead } {
  const { databaseUrl, vault, keys, processId, outbound, log } = parts;
  // A pool opens its connection when it is first asked.
  const database = connectDatabase({ url: databaseUrl, role: 'otobot_seal', max: 1, log });
  const watch = createHeadWatch({ dataDir, log, tell: (broken) => tellBroken(parts, broken) });
  const exportHead = createHeadExport({ url: auditHeadUrl, agents: outbound.agents, log });
  const sealer = createSealer({ database, vault, keys, processId, watch, exportHead, log });
  const stop = async (): Promise<void> => {
    await sealer.stop();
    await database.close();
  };
  return {
    sealer: { ...sealer, stop, cut: database.cut },
    readHead: createReadHead({ database, authorize: parts.authorize }),
  };
}

/** Where the operator reads: in the audit of his own organization. */
async function tellBroken({ audit, auditDatabase }: Parts, { id, head, lastSeal }: BrokenChain): Promise<void> {
  const operators = await findOrganization(auditDatabase, 'default');
  const told = {
    action: 'audit.chain_broken',
    code: 'integrity',
    actor: 'sealer',
    detail: { seal: id, head, lastSeal },
  };
  await audit.commit(ownEntry({ organizationId: operators?.id ?? null, ...told }));
}

/** Throws ConfigurationError where AUDIT_HEAD_URL is a place that nothing is sent to. */
export function requireReceiver(outbound: Outbound, { auditHeadUrl }: Pick<Config, 'auditHeadUrl'>): void {
  try {
    if (auditHeadUrl !== null) outbound.assertAllowed(auditHeadUrl);
  } catch (error) {
    const message = `is a place that nothing is sent to: ${(error as Error).message}`;
    const hint = 'give a public https URL, or list its host in OTOBOT_PRIVATE_HOSTS';
    throw new ConfigurationError([{ name: 'AUDIT_HEAD_URL', message, hint }]);
  }
}
