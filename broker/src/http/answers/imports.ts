import { z } from 'zod';
import { connectionName, id, owner, service } from './parts';

const entry = z.strictObject({
  source: z.string().meta({ examples: ['Gmail of Acme'] }),
  clientId: owner,
  service,
  name: connectionName,
  outcome: z.enum(['new', 'replaced', 'unchanged', 'refused']),
  connectionId: id.nullable().describe('null: nothing was written.'),
  app: z
    .enum(['present', 'made for the organization', 'made for the client'])
    .nullable()
    .describe('The OAuth client that refreshes it; null: the entry names none, or nothing was to be done.'),
  problem: z
    .string()
    .nullable()
    .describe('Of a dry run: why it would be refused. The import itself answers with a problem then.')
    .meta({ examples: [null] }),
});

export const importAnswer = z.strictObject({
  applied: z.boolean().describe('false: a dry run, so nothing was written.'),
  createdClients: z.array(z.string()),
  createdServices: z.array(z.string()),
  entries: z.array(entry).describe('In the order in which they came.'),
});
