import { z } from 'zod';
import type { CredentialRequest } from '../../services/credentials/credential-request';
import type { ServeCredential } from '../../services/credentials/serve-credential';
import {
  clientId,
  clientIdInPath,
  connectionName,
  lineOrNothing,
  seconds,
  secondsInQuery,
  serviceName,
} from '../fields';
import { credentialAnswer } from '../answers/credential';
import { route, type Route } from '../route';

const inPath = z.strictObject({ clientId: clientIdInPath, service: serviceName });
const inQuery = z.strictObject({
  name: connectionName.default('default'),
  minTtl: secondsInQuery.optional().describe('The token must live that many seconds more: a promise, or no answer.'),
});

export const grant = z.strictObject({
  clientId: z.union([z.literal('-').transform(() => null), clientId]),
  service: serviceName,
  name: connectionName.default('default'),
  minTtl: seconds.optional(),
  rejected: z
    .string()
    .max(64)
    .optional()
    .describe('The fingerprint of a token that the API has just answered with 401.'),
  workflowId: lineOrNothing(64).optional().describe('For the audit.'),
  executionId: lineOrNothing(64).optional().describe('For the audit.'),
});

export interface Workflow {
  workflowId?: string | undefined;
  executionId?: string | undefined;
}

export function requestOfGrant({ minTtl, rejected, workflowId, executionId, ...name }: z.output<typeof grant>): {
  request: CredentialRequest;
  workflow: Workflow;
} {
  return {
    request: { ...name, minTtlSeconds: minTtl ?? null, rejected: rejected ?? null },
    workflow: { workflowId, executionId },
  };
}

export const READ_ROUTE = '/v1/credentials/:clientId/:service';
export const GRANT_ROUTE = '/v1/grants';

/** What can go wrong with a read, whichever way it is asked for. */
export const READ_PROBLEMS = [
  ...(['client_suspended', 'reauth_required', 'invalid_value', 'quota_exceeded'] as const),
  ...(['integrity', 'refresh_pending', 'key_unavailable'] as const),
] as const;

/** What this product exists for: a live credential, by GET for people and by POST for n8n, with the same answer. */
export function credentialRoutes({ serveCredential }: { serveCredential: ServeCredential }): Route[] {
  return [
    route({
      method: 'get',
      path: READ_ROUTE,
      summary: 'A live credential of a client for a service',
      scope: 'credentials:read',
      params: inPath,
      query: inQuery,
      answer: credentialAnswer,
      problems: READ_PROBLEMS,
      handle: ({ params, query }, caller) =>
        serveCredential(caller, { ...params, name: query.name, minTtlSeconds: query.minTtl ?? null, rejected: null }),
    }),
    route({
      method: 'post',
      path: GRANT_ROUTE,
      summary: 'A live credential, as n8n asks for it',
      scope: 'credentials:read',
      body: grant,
      answer: credentialAnswer,
      problems: READ_PROBLEMS,
      handle: ({ body }, caller) => {
        const { request, workflow } = requestOfGrant(body);
        return serveCredential({ ...caller, ...workflow }, request);
      },
    }),
  ];
}
