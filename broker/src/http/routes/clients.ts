import { z } from 'zod';
import type { Clients } from '../../services/clients';
import { clientId, line, revokingSuspension, searchedPage } from '../fields';
import { clientAnswer, removedClientAnswer, suspendedClientAnswer } from '../answers/clients';
import { pageOf } from '../answers/parts';
import { route, type Route } from '../route';

const one = z.strictObject({ clientId });
const name = line(200)
  .describe('For people.')
  .meta({ examples: ['Acme Ltd'] });
const email = z.email().max(254).nullable().optional();
const locale = z
  .string()
  .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$/, 'must be a language tag such as fr or fr-CH')
  .nullable()
  .optional()
  .describe('The language of pages and mails that the client sees.')
  .meta({ examples: ['fr'] });

export function clientRoutes({ clients }: { clients: Clients }): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/clients',
      summary: 'The clients of the organization',
      scope: 'clients:read',
      query: z.strictObject(searchedPage),
      answer: pageOf(clientAnswer),
      handle: ({ query }, caller) => clients.list(caller, query),
    }),
    route({
      method: 'post',
      path: '/v1/clients',
      summary: 'A new client',
      scope: 'clients:write',
      body: z.strictObject({ clientId, name, email, locale }),
      status: 201,
      answer: clientAnswer,
      problems: ['conflict'],
      handle: ({ body }, caller) => clients.create(caller, body),
    }),
    route({
      method: 'get',
      path: '/v1/clients/:clientId',
      summary: 'One client',
      scope: 'clients:read',
      params: one,
      answer: clientAnswer,
      handle: ({ params }, caller) => clients.read(caller, params.clientId),
    }),
    route({
      method: 'patch',
      path: '/v1/clients/:clientId',
      summary: 'Changes what is given; null removes a value. The Client ID never changes',
      scope: 'clients:write',
      params: one,
      body: z.strictObject({ name: name.optional(), email, locale }),
      answer: clientAnswer,
      handle: ({ params, body }, caller) => clients.update(caller, params.clientId, body),
    }),
    route({
      method: 'delete',
      path: '/v1/clients/:clientId',
      summary:
        'Deletes a client with its connections, which are revoked at the providers where they can be, and own apps',
      scope: 'clients:write',
      params: one,
      answer: removedClientAnswer,
      handle: ({ params }, caller) => clients.remove(caller, params.clientId),
    }),
    route({
      method: 'post',
      path: '/v1/clients/:clientId/suspend',
      summary: 'The kill switch: releases no credential of the client any more, in any process; tells what stops',
      scope: 'clients:write',
      params: one,
      body: revokingSuspension,
      answer: suspendedClientAnswer,
      handle: ({ params, body }, caller) => clients.suspend(caller, params.clientId, body),
    }),
    route({
      method: 'post',
      path: '/v1/clients/:clientId/resume',
      summary: 'Ends a suspension, and an order to revoke that goes on',
      scope: 'clients:write',
      params: one,
      answer: clientAnswer,
      handle: ({ params }, caller) => clients.resume(caller, params.clientId),
    }),
  ];
}
