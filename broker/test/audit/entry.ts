import { randomUUID } from 'node:crypto';
import type { Database } from '../../src/db/database';
import type { AuditEntry } from '../../src/repositories/audit';
import { createAuditLane, type AuditLane } from '../../src/services/audit/audit-lane';
import { createDatabaseClock } from '../../src/services/database-clock';
import { createKeyUsage } from '../../src/services/audit/key-usage';

/** The lane of a process of its own. */
export function startLane(database: Database): AuditLane {
  const keyUsage = createKeyUsage(database, () => undefined);
  return createAuditLane({ database, processId: randomUUID(), clock: createDatabaseClock(), keyUsage });
}

/** A line of the audit that rests on nothing, with what a test gives it. */
export function auditEntry(given: Partial<AuditEntry> = {}): AuditEntry {
  return {
    ...{
      organizationId: null,
      action: 'request',
      code: 'key_invalid',
      actor: 'unknown',
      clientId: null,
      service: null,
    },
    ...{ connectionId: null, generation: null, address: '10.0.0.1', userAgent: 'x', requestId: 'r' },
    ...{ workflowId: null, executionId: null, detail: null },
    ...given,
  };
}
