import { z } from 'zod';
import type { Apps } from '../../services/apps';
import type { ServiceCatalogue } from '../../services/service-catalogue/service-catalogue';
import { CONNECTION_KINDS } from '../../types/credential';
import { clientIdInPath, line, oauthScopes, page, seconds, serviceName } from '../fields';
import { route, type Route } from '../route';

const one = z.strictObject({ service: serviceName });

const url = z
  .string()
  .max(2_000)
  .regex(/^https?:\/\/[\x21-\x7e]+$/i, 'must be an absolute http(s) URL')
  .refine((text) => URL.canParse(text), 'is no valid URL')
  .nullable();
const host = z
  .string()
  .max(253)
  .regex(
    /^([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])$/,
    'must be a host name in lower case, without scheme, port and path',
  );

const fields = {
  displayName: line(200).optional().describe('For people.'),
  oauthType: z
    .enum(CONNECTION_KINDS)
    .optional()
    .describe('How its connections authenticate, unless they say otherwise.'),
  authorizationUrl: url.optional(),
  tokenUrl: url.optional(),
  revocationUrl: url.optional(),
  scopes: oauthScopes.optional(),
  scopeSeparator: z.enum([' ', ',']).optional().describe('What parts scopes in requests to the provider.'),
  authStyle: z.enum(['header', 'body']).optional().describe('Where the client secret goes in token requests.'),
  pkce: z.boolean().optional(),
  rotation: z
    .enum(['none', 'grace', 'strict'])
    .optional()
    .describe('What becomes of a refresh token that was used: stays valid, for graceSeconds, or single use.'),
  graceSeconds: seconds.min(1).nullable().optional(),
  defaultTtlSeconds: seconds.min(1).optional().describe('How long tokens live where the provider does not say.'),
  refreshAheadSeconds: seconds
    .nullable()
    .optional()
    .describe('How long before its end a token is refreshed; null: by the general rule.'),
  maxConcurrent: z.int().min(1).max(1_000).optional().describe('Refreshes at once, per app and process.'),
  baseUrl: url.optional().describe('Of the API.'),
  allowedHosts: z
    .array(host)
    .max(100)
    .nullable()
    .optional()
    .describe('Hosts, with their subdomains, that credentials may be sent to; null: any, by https.'),
  requestHeader: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/)
    .optional()
    .describe('The header that carries the credential.'),
  requestScheme: z
    .string()
    .regex(/^[A-Za-z0-9-]{0,64}$/)
    .nullable()
    .optional()
    .describe('Before the secret in that header; empty: the bare secret; null: as the token says.'),
};

const app = z.strictObject({
  clientId: line(500).describe('The id of the OAuth client at the provider.'),
  // RFC 6749 appendix A: visible characters and spaces.
  clientSecrets: z
    .array(z.string().regex(/^[\x20-\x7e]{1,2000}$/, 'holds a character that no client secret has'))
    .min(1)
    .max(10)
    .describe('In the order in which they are tried.'),
  scopes: oauthScopes.nullable().optional().describe("Asked for in place of the service's."),
});

export interface ServiceRoutesParts {
  serviceCatalogue: ServiceCatalogue;
  apps: Apps;
}

export function serviceRoutes({ serviceCatalogue, apps }: ServiceRoutesParts): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/services',
      summary: 'The services that the organization sees: its own and the shared ones',
      scope: 'services:read',
      query: z.strictObject(page),
      handle: ({ query }, caller) => serviceCatalogue.list(caller, query),
    }),
    route({
      method: 'post',
      path: '/v1/services',
      summary: 'A new service, usable at once',
      scope: 'services:write',
      body: z.strictObject({ name: serviceName, ...fields }),
      status: 201,
      handle: ({ body }, caller) => serviceCatalogue.create(caller, body),
    }),
    route({
      method: 'get',
      path: '/v1/services/:service',
      summary: "One service, with the organization's app",
      scope: 'services:read',
      params: one,
      handle: ({ params }, caller) => serviceCatalogue.read(caller, params.service),
    }),
    route({
      method: 'patch',
      path: '/v1/services/:service',
      summary: 'Changes what is given, at once in every process; null removes a value',
      scope: 'services:write',
      params: one,
      body: z.strictObject(fields),
      handle: ({ params, body }, caller) => serviceCatalogue.update(caller, params.service, body),
    }),
    route({
      method: 'delete',
      path: '/v1/services/:service',
      summary: 'Deletes a service that no connection uses, with its app',
      scope: 'services:write',
      params: one,
      status: 204,
      handle: ({ params }, caller) => serviceCatalogue.remove(caller, params.service),
    }),
    route({
      method: 'post',
      path: '/v1/services/:service/suspend',
      summary: 'Releases no credential of the service any more',
      scope: 'services:write',
      params: one,
      handle: ({ params }, caller) => serviceCatalogue.suspend(caller, params.service),
    }),
    route({
      method: 'post',
      path: '/v1/services/:service/resume',
      summary: 'Ends a suspension',
      scope: 'services:write',
      params: one,
      handle: ({ params }, caller) => serviceCatalogue.resume(caller, params.service),
    }),
    route({
      method: 'put',
      path: '/v1/services/:service/app',
      summary: 'The OAuth client with which the organization reaches a service; its secrets never come back',
      scope: 'services:write',
      params: one,
      body: app,
      handle: ({ params, body: { clientId, ...rest } }, caller) =>
        apps.replace(caller, { service: params.service, ownerClientId: null, oauthClientId: clientId, ...rest }),
    }),
    route({
      method: 'put',
      path: '/v1/clients/:clientId/apps/:service',
      summary: "One client's own OAuth client for a service",
      scope: 'services:write',
      params: z.strictObject({ clientId: clientIdInPath, service: serviceName }),
      body: app,
      handle: ({ params, body: { clientId, ...rest } }, caller) =>
        apps.replace(caller, {
          service: params.service,
          ownerClientId: params.clientId,
          oauthClientId: clientId,
          ...rest,
        }),
    }),
  ];
}
