import { z } from 'zod';
import type { ExportAudit } from '../../services/audit/export-audit';
import type { ReadAudit } from '../../services/audit/read-audit';
import { AUDIT_FORMATS, auditAs } from '../audit-text';
import { clientIdInPath, instant, page, serviceName } from '../fields';
import { auditAnswer, auditFile } from '../answers/audit';
import { pageOf } from '../answers/parts';
import { route, type Route } from '../route';

const filters = {
  clientId: clientIdInPath.optional(),
  service: serviceName.optional(),
  keyId: z
    .string()
    .regex(/^[0-9A-Za-z]{12}$/, 'is not the id of an access key')
    .optional(),
  action: z
    .string()
    .regex(/^[a-z][a-z.-]{0,63}$/, 'is no action, such as credential.read')
    .optional(),
  since: instant.optional().describe('Without it: 24 hours before until.'),
  until: instant.optional().describe('Without it: now.'),
};
const format = z.enum(AUDIT_FORMATS).default('ndjson').describe('A record a line, as JSON or as CSV.');

export interface AuditRoutesParts {
  readAudit: ReadAudit;
  exportAudit: ExportAudit;
}

export function auditRoutes({ readAudit, exportAudit }: AuditRoutesParts): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/audit',
      summary: 'Who did what, newest first; the last 24 hours unless since or until say otherwise',
      scope: 'audit:read',
      query: z.strictObject({ ...page, ...filters }),
      answer: pageOf(auditAnswer),
      handle: ({ query }, caller) => readAudit(caller, query),
    }),
    route({
      method: 'get',
      path: '/v1/audit/export',
      summary: 'The same in full, oldest first, a record a line; as long as it is',
      scope: 'audit:read',
      query: z.strictObject({ ...filters, format }),
      answer: auditFile,
      mediaTypes: ['application/x-ndjson', 'text/csv'],
      handle: async ({ query: { format: as, ...query } }, caller) => auditAs(as, await exportAudit(caller, query)),
    }),
  ];
}
