import type { AuditEntry } from '../../src/repositories/audit';

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
