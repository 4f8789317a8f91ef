import { z } from 'zod';
import type { Imports } from '../../services/importing/imports';
import { importAnswer } from '../answers/imports';
import { line } from '../fields';
import { route, type Route } from '../route';
import { credential } from './connections';

const entry = credential.omit({ verify: true }).extend({
  source: line(300)
    .describe('What it is called where it comes from; the answer names it so.')
    .meta({ examples: ['Gmail of Acme'] }),
  app: z
    .strictObject({ clientId: line(500), clientSecret: line(4_000) })
    .optional()
    .describe('The OAuth client that the tokens were issued to. It also needs the scope services:write.'),
});

const request = z.strictObject({
  entries: z.array(entry).min(1).max(1_000),
  dryRun: z.boolean().default(false).describe('Writes nothing: only tells what would become of each.'),
  createClients: z.boolean().default(false).describe('Make missing clients; also needs clients:write.'),
  createServices: z
    .boolean()
    .default(false)
    .describe('Make missing services of known providers; also needs services:write.'),
});

export function importRoutes({ imports }: { imports: Imports }): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/imports',
      summary: 'Imports many credentials, all or none; the same grant again changes nothing',
      scope: 'connections:write',
      body: request,
      answer: importAnswer,
      problems: ['conflict', 'invalid_value', 'key_unavailable', 'client_suspended'],
      handle: ({ body }, caller) => imports.run(caller, body),
    }),
  ];
}
