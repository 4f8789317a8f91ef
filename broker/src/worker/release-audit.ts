import { connectDatabase } from '../db/database';
import type { Logger } from '../log/logger';
import { createAuditLane, type AuditLane } from '../services/audit/audit-lane';
import { createKeyUsage } from '../services/audit/key-usage';
import { createDatabaseClock } from '../services/database-clock';

/** The lane by which a worker tells of what it releases, before it does, and of what it decides by itself. One for a process: it counts its rows. */
export interface ReleaseAudit extends Pick<AuditLane, 'commit'> {
  /** For a database that hangs: whatever waits for it fails at once. */
  cut(): void;
  close(): Promise<void>;
}

/** Under role otobot_audit, which may write to the audit and nothing else; no connection is opened before something is released. */
export function openReleaseAudit({
  databaseUrl: url,
  processId,
  log,
}: {
  databaseUrl: string;
  processId: string;
  log: Logger;
}): ReleaseAudit {
  const limits = { statementTimeoutMs: 2_000, answerWithinMs: 2_500 };
  const database = connectDatabase({ url, role: 'otobot_audit', max: 1, ...limits, log });
  // No access key is behind what a worker releases, so there is no use of one to be told later.
  const keyUsage = createKeyUsage(database, () => undefined);
  const lane = createAuditLane({ database, processId, clock: createDatabaseClock(), keyUsage });
  return {
    commit: (...entry) => lane.commit(...entry),
    cut: () => {
      database.cut();
    },
    close: async () => {
      await lane.idle();
      await database.close();
    },
  };
}
