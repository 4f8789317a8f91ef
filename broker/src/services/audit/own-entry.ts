import type { AuditEntry } from '../../repositories/audit';

type Told = Pick<AuditEntry, 'organizationId' | 'action' | 'code' | 'actor'> & Partial<AuditEntry>;

/** An entry of the broker's own: of what no request asked for, so that it has none of what comes with a request. */
export function ownEntry(told: Told): AuditEntry {
  return {
    ...{ clientId: null, service: null, connectionId: null, generation: null, detail: null },
    ...{ address: null, userAgent: null, requestId: null, workflowId: null, executionId: null },
    ...told,
  };
}
