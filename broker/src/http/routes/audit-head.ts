import type { ReadHead } from '../../services/audit/read-head';
import { auditHeadAnswer } from '../answers/audit';
import { route, type Route } from '../route';

export function auditHeadRoutes({ readHead }: { readHead: ReadHead }): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/audit/head',
      summary: "The newest seal of the audit, to be kept elsewhere; only with a key of the operator's organization",
      scope: 'audit:read',
      answer: auditHeadAnswer,
      handle: (_input, caller) => readHead(caller),
    }),
  ];
}
