import { z } from 'zod';
import type { Connections } from '../../services/connections/connections';
import { CONNECTION_KINDS, SHOWN_STATUSES } from '../../types/credential';
import {
  clientIdInBody,
  clientIdInPath,
  connectionName,
  instant,
  line,
  oauthScopes,
  page,
  serviceName,
  span,
  uuid,
} from '../fields';
import {
  attemptAnswer,
  connectionAnswer,
  connectionDetailsAnswer,
  importedConnectionAnswer,
  refreshedConnectionAnswer,
  rejectedConnectionAnswer,
  removedConnectionAnswer,
  usageAnswer,
} from '../answers/connections';
import { pageOf } from '../answers/parts';
import { route, type Route } from '../route';

const one = z.strictObject({ id: uuid });

const filters = z.strictObject({
  ...page,
  clientId: clientIdInPath.optional(),
  service: serviceName.optional(),
  name: connectionName.optional(),
  status: z.enum(SHOWN_STATUSES).optional(),
  expiresWithin: span.optional().describe('Tokens that end within that time and that nothing will renew.'),
  consentEndsWithin: span
    .optional()
    .describe('Consents that end within that time or have ended; an end that refreshes move counts while they fail.'),
});

// What goes into a header unchanged must be fit for one.
const headerValue = z
  .string()
  .min(1)
  .max(16_384)
  .regex(/^[\x21-\x7e]+$/, 'must consist of visible ASCII characters');
const metadataValue = z.union([line(1_000), z.literal(''), z.number(), z.boolean(), z.null()]);

/** What is handed over of a connection that exists elsewhere. */
export const credential = z.strictObject({
  clientId: clientIdInBody,
  service: serviceName,
  name: connectionName.default('default'),
  kind: z.enum(CONNECTION_KINDS).optional().describe("The service's oauthType unless given."),
  accessToken: headerValue.optional().meta({ examples: ['ya29.a0Af-of-your-client'] }),
  refreshToken: z
    .string()
    .min(1)
    .max(16_384)
    .regex(/^[\x20-\x7e]+$/, 'must consist of printable ASCII characters')
    .optional()
    .meta({ examples: ['1//0g-of-your-client'] }),
  expiresAt: instant
    .optional()
    .describe(
      'The end of accessToken or apiKey. Without it a renewable token is taken to live defaultTtlSeconds of the service, any other without end.',
    )
    .meta({ examples: ['2026-11-20T10:00:00Z'] }),
  apiKey: headerValue.optional(),
  username: line(1_000)
    .regex(/^[^:]*$/, 'must not hold a colon (RFC 7617)')
    .optional(),
  password: z.union([line(4_000), z.literal('')]).optional(),
  scopes: oauthScopes.optional().describe('What the token is good for.'),
  consentEndsAt: instant
    .optional()
    .describe("When the client's consent ends, however often it is refreshed, where that is known."),
  tenant: line(253)
    .optional()
    .describe("What is the client's own in the URLs of the service, such as the name of a shop."),
  metadata: z
    .record(z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/), metadataValue)
    .optional()
    .describe('Names and plain values of your own; never a secret.'),
  verify: z.boolean().default(false).describe('Refresh it at once, and answer when it is known whether it works.'),
});

export function connectionRoutes({ connections }: { connections: Connections }): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/connections',
      summary: 'Connections with their status; no secret in them',
      scope: 'connections:read',
      query: filters,
      answer: pageOf(connectionAnswer),
      handle: ({ query: { expiresWithin, consentEndsWithin, ...query } }, caller) =>
        connections.list(caller, {
          ...query,
          expiresWithinSeconds: expiresWithin,
          consentEndsWithinSeconds: consentEndsWithin,
        }),
    }),
    route({
      method: 'post',
      path: '/v1/connections',
      summary: 'Imports a credential; a name that exists keeps its id and gets these tokens',
      scope: 'connections:write',
      body: credential,
      status: 201,
      answer: importedConnectionAnswer,
      problems: ['conflict', 'invalid_value', 'key_unavailable', 'reauth_required', 'client_suspended'],
      handle: ({ body }, caller) => connections.import(caller, body),
    }),
    route({
      method: 'get',
      path: '/v1/connections/:id',
      summary: 'One connection, with the latest attempts to refresh it',
      scope: 'connections:read',
      params: one,
      answer: connectionDetailsAnswer,
      handle: ({ params }, caller) => connections.read(caller, params.id),
    }),
    route({
      method: 'get',
      path: '/v1/connections/:id/history',
      summary: 'Every attempt to refresh it that is still kept, newest first',
      scope: 'connections:read',
      params: one,
      query: z.strictObject(page),
      answer: pageOf(attemptAnswer),
      handle: ({ params, query }, caller) => connections.history(caller, params.id, query),
    }),
    route({
      method: 'get',
      path: '/v1/connections/:id/usage',
      summary: 'How often its credential was released in the last 30 days, or since then, by workflow',
      scope: 'connections:read',
      params: one,
      query: z.strictObject({ since: instant.optional().describe('Without it: 30 days ago.') }),
      answer: usageAnswer,
      handle: ({ params, query }, caller) => connections.usage(caller, params.id, query.since),
    }),
    route({
      method: 'post',
      path: '/v1/connections/:id/refresh',
      summary: 'Asks for a refresh and waits up to 5 s for it',
      scope: 'connections:write',
      params: one,
      answer: refreshedConnectionAnswer,
      problems: ['conflict', 'invalid_value', 'reauth_required', 'client_suspended'],
      handle: ({ params }, caller) => connections.refresh(caller, params.id),
    }),
    route({
      method: 'post',
      path: '/v1/connections/:id/disable',
      summary: 'Neither served nor refreshed any more',
      scope: 'connections:write',
      params: one,
      answer: connectionAnswer,
      handle: ({ params }, caller) => connections.disable(caller, params.id),
    }),
    route({
      method: 'post',
      path: '/v1/connections/:id/enable',
      summary: 'Back into service',
      scope: 'connections:write',
      params: one,
      answer: connectionAnswer,
      handle: ({ params }, caller) => connections.enable(caller, params.id),
    }),
    route({
      method: 'post',
      path: '/v1/connections/:id/held/accept',
      summary: 'The client signed in with another account, and that one is right: its tokens take over',
      scope: 'connections:write',
      params: one,
      answer: connectionAnswer,
      problems: ['conflict', 'integrity', 'key_unavailable'],
      handle: ({ params }, caller) => connections.acceptHeld(caller, params.id),
    }),
    route({
      method: 'post',
      path: '/v1/connections/:id/held/reject',
      summary: 'The other account was a mistake: its tokens are forgotten, those in use stay',
      scope: 'connections:write',
      params: one,
      answer: rejectedConnectionAnswer,
      problems: ['conflict'],
      handle: ({ params }, caller) => connections.rejectHeld(caller, params.id),
    }),
    route({
      method: 'delete',
      path: '/v1/connections/:id',
      summary: 'Deletes a connection with its tokens, and revokes them at the provider where it can; tells which',
      scope: 'connections:write',
      params: one,
      answer: removedConnectionAnswer,
      handle: ({ params }, caller) => connections.remove(caller, params.id),
    }),
  ];
}
