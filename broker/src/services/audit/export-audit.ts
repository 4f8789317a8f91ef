import type { Database } from '../../db/database';
import { listAudit, spanOfAudit, type AuditPage, type AuditPosition } from '../../repositories/audit-reading';
import { findPolicyVersion } from '../../repositories/organizations';
import type { Ask, Authorize } from '../access/authorize';
import type { Caller, Principal } from '../access/principal';
import { auditViewOf, filterFor, type AuditQuery, type AuditView } from './read-audit';

/**
 * The records of any span, oldest first, some at a time: memory and what the database has to keep do not grow with the span, nor with how slowly
 * it is read. Ends with what was there when it began.
 */
export type ExportAudit = (caller: Caller, query: AuditQuery) => Promise<AsyncIterable<readonly AuditView[]>>;

const AT_ONCE = 1_000;

export interface ExportAuditParts {
  database: Database;
  authorize: Authorize;
}

export function createExportAudit(parts: ExportAuditParts): ExportAudit {
  return async (caller, query) => {
    const { clientId, service } = query;
    const ask: Ask = { action: 'audit.export', scope: 'audit:read', clientId, service };
    const who = await parts.authorize(caller, ask);
    const span = await parts.database.asTenant(who.organizationId, (tx) => spanOfAudit(tx, query));
    return pagesOf(parts, who, { span, query, stillMay: () => parts.authorize(caller, ask) });
  };
}

interface Exporting {
  span: { since: Date; until: Date };
  query: AuditQuery;
  /** Throws Problem when he may not any more. */
  stillMay: () => Promise<Principal>;
}

async function* pagesOf(
  { database }: ExportAuditParts,
  begunAs: Principal,
  { span, query, stillMay }: Exporting,
): AsyncGenerator<readonly AuditView[]> {
  const { organizationId } = begunAs;
  let who = begunAs;
  let after: AuditPosition | null = null;
  for (;;) {
    const which: AuditPage = { limit: AT_ONCE, after, filter: filterFor(who, query, span), order: 'oldest first' };
    const { policyVersion, rows } = await database.asTenant(organizationId, async (tx) => ({
      policyVersion: await findPolicyVersion(tx, organizationId),
      rows: await listAudit(tx, organizationId, which),
    }));
    // An export may take long, and a key that was revoked or narrowed meanwhile reads nothing more.
    if (policyVersion !== who.policyVersion) {
      who = await stillMay();
      continue;
    }
    if (rows.length > 0) yield rows.map(auditViewOf);
    const last = rows.at(-1);
    if (last === undefined || rows.length < AT_ONCE) return;
    after = [last.position, last.processId, last.sequence];
  }
}
