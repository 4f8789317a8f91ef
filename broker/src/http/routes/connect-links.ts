import { z } from 'zod';
import type { ConnectLinks } from '../../services/connect/links';
import { clientId, connectionName, line, oauthScopes, page, serviceName, uuid } from '../fields';
import { connectLinkAnswer, madeConnectLinkAnswer } from '../answers/connect-links';
import { pageOf } from '../answers/parts';
import { route, type Route } from '../route';

const MOST_DAYS = 90;

const link = z.strictObject({
  clientId,
  service: serviceName,
  name: connectionName.default('default'),
  scopes: oauthScopes.optional().describe("Asked for in place of the app's or the service's."),
  returnUrl: z.string().max(2_000).optional().describe('Where the client may go afterwards; https.'),
  tenant: line(253)
    .optional()
    .describe(
      "What is the client's own in the URLs of the service, such as the name of a shop; the page asks for it unless given.",
    ),
  reason: line(500)
    .optional()
    .describe('Why it is asked for, in your own words; the client reads it.')
    .meta({ examples: ['So that your invoices reach your Drive'] }),
  expiresIn: z
    .int()
    .min(60)
    .max(MOST_DAYS * 86_400)
    .optional()
    .describe('Seconds; seven days unless given.'),
});

/** Links by which clients hand over their accounts. */
export function connectLinkRoutes({ connectLinks }: { connectLinks: ConnectLinks }): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/connect-links',
      summary: 'The connect links, newest first; the links themselves are not shown again',
      scope: 'connect:write',
      query: z.strictObject(page),
      answer: pageOf(connectLinkAnswer),
      handle: ({ query }, caller) => connectLinks.list(caller, query),
    }),
    route({
      method: 'post',
      path: '/v1/connect-links',
      summary: 'A link by which a client connects an account of his, once',
      scope: 'connect:write',
      body: link,
      status: 201,
      answer: madeConnectLinkAnswer,
      problems: ['invalid_value', 'key_unavailable'],
      handle: ({ body: { expiresIn, ...body } }, caller) =>
        connectLinks.create(caller, { ...body, expiresInSeconds: expiresIn }),
    }),
    route({
      method: 'delete',
      path: '/v1/connect-links/:id',
      summary: 'Revokes a link that was not used yet',
      scope: 'connect:write',
      params: z.strictObject({ id: uuid }),
      status: 204,
      handle: ({ params }, caller) => connectLinks.revoke(caller, params.id),
    }),
  ];
}
