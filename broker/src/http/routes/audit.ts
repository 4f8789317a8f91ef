import { z } from 'zod';
import type { ReadAudit } from '../../services/audit/read-audit';
import { clientIdInPath, instant, page, serviceName } from '../fields';
import { auditAnswer } from '../answers/audit';
import { pageOf } from '../answers/parts';
import { route, type Route } from '../route';

const filters = z.strictObject({
  ...page,
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
});

export function auditRoutes({ readAudit }: { readAudit: ReadAudit }): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/audit',
      summary: 'Who did what, newest first; the last 24 hours unless since or until say otherwise',
      scope: 'audit:read',
      query: filters,
      answer: pageOf(auditAnswer),
      handle: ({ query }, caller) => readAudit(caller, query),
    }),
  ];
}
