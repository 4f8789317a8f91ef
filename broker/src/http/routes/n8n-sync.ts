import { z } from 'zod';
import type { N8nCredentials } from '../../services/n8n-sync/n8n-credentials';
import type { N8nInstances } from '../../services/n8n-sync/n8n-instances';
import { n8nCredentialAnswer, n8nInstanceAnswer } from '../answers/n8n-sync';
import { pageOf } from '../answers/parts';
import { clientIdInBody, connectionName, line, page, serviceName, uuid } from '../fields';
import { route, type Route } from '../route';

const scope = 'n8n-sync:write';
const instance = z.strictObject({ id: uuid });
const credential = z.strictObject({ id: uuid, credentialId: uuid });

const newInstance = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores')
    .describe('Of your choice.')
    .meta({ examples: ['main'] }),
  url: z
    .string()
    .max(2_000)
    .describe('Under which its editor is opened.')
    .meta({ examples: ['https://n8n.example.com'] }),
  apiKey: z
    .string()
    .min(1)
    .max(4_096)
    .regex(/^[\x21-\x7e]+$/, 'must consist of visible ASCII characters')
    .describe('Of its public API, with the scopes credential:create, read, update, delete and list.')
    .meta({ examples: ['the-api-key-of-n8n'] }),
});

/** What carries the token is ours. */
const OURS = /^(?!(clientId|clientSecret|oauthTokenData)$)[A-Za-z][A-Za-z0-9_]{0,63}$/;

const newCredential = z.strictObject({
  clientId: clientIdInBody,
  service: serviceName,
  name: connectionName.default('default'),
  type: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,99}$/, 'must be the name of a credential type of n8n')
    .optional()
    .describe("n8n's own credential type; need not be named where n8n has one for the service.")
    .meta({ examples: ['googleSheetsOAuth2Api'] }),
  title: line(90).optional().describe('Of its name in n8n; the names of client and service unless given.'),
  fields: z
    .record(z.string().regex(OURS), z.union([line(2_000), z.literal(''), z.number(), z.boolean()]))
    .optional()
    .describe('What the type has beside the token, such as a subdomain. Never a secret.'),
});

export interface N8nSyncRoutesParts {
  n8nInstances: N8nInstances;
  n8nCredentials: N8nCredentials;
}

/** Credentials of n8n's own types, kept up to date in n8n. */
export function n8nSyncRoutes({ n8nInstances, n8nCredentials }: N8nSyncRoutesParts): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/n8n-instances',
      summary: 'The n8n instances into which credentials are put',
      scope,
      query: z.strictObject(page),
      answer: pageOf(n8nInstanceAnswer),
      handle: ({ query }, caller) => n8nInstances.list(caller, query),
    }),
    route({
      method: 'post',
      path: '/v1/n8n-instances',
      summary: 'Adds an n8n instance, and asks it whether it takes the key',
      scope,
      body: newInstance,
      status: 201,
      answer: n8nInstanceAnswer,
      problems: ['conflict', 'invalid_value', 'key_unavailable'],
      handle: ({ body }, caller) => n8nInstances.add(caller, body),
    }),
    route({
      method: 'delete',
      path: '/v1/n8n-instances/:id',
      summary: 'Takes everything away that was put there, then forgets the instance',
      scope,
      params: instance,
      query: z.strictObject({
        forget: z
          .enum(['true', 'false'])
          .optional()
          .describe('At once, and what was put there stays: for one that is gone for good.'),
      }),
      answer: n8nInstanceAnswer,
      handle: ({ params, query }, caller) =>
        n8nInstances.remove(caller, params.id, { forget: query.forget === 'true' }),
    }),
    route({
      method: 'post',
      path: '/v1/n8n-instances/:id/check',
      summary: 'Asks the instance now, and has each credential there compared with what was left',
      scope,
      params: instance,
      answer: n8nInstanceAnswer,
      problems: ['integrity', 'key_unavailable'],
      handle: ({ params }, caller) => n8nInstances.check(caller, params.id),
    }),
    route({
      method: 'get',
      path: '/v1/n8n-instances/:id/credentials',
      summary: 'The credentials that are kept in an n8n instance',
      scope,
      params: instance,
      query: z.strictObject(page),
      answer: pageOf(n8nCredentialAnswer),
      handle: ({ params, query }, caller) => n8nCredentials.list(caller, params.id, query),
    }),
    route({
      method: 'post',
      path: '/v1/n8n-instances/:id/credentials',
      summary: "Keeps a connection there as a credential of n8n's own; ordered again, it is the same credential",
      scope,
      params: instance,
      body: newCredential,
      status: 201,
      answer: n8nCredentialAnswer,
      problems: ['conflict', 'invalid_value', 'key_unavailable'],
      handle: ({ params, body }, caller) => n8nCredentials.add(caller, params.id, body),
    }),
    route({
      method: 'delete',
      path: '/v1/n8n-instances/:id/credentials/:credentialId',
      summary: 'Takes a credential away there, then forgets it',
      scope,
      params: credential,
      answer: n8nCredentialAnswer,
      handle: ({ params }, caller) => n8nCredentials.remove(caller, placeOf(params)),
    }),
    route({
      method: 'post',
      path: '/v1/n8n-instances/:id/credentials/:credentialId/push',
      summary: 'Puts a credential there once more, whole',
      scope,
      params: credential,
      answer: n8nCredentialAnswer,
      handle: ({ params }, caller) => n8nCredentials.push(caller, placeOf(params)),
    }),
  ];
}

const placeOf = ({ id, credentialId }: { id: string; credentialId: string }) => ({ instanceId: id, id: credentialId });
