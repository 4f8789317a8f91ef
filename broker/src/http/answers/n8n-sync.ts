import { z } from 'zod';
import { connectionName, id, moment, owner, service } from './parts';

const code = z
  .string()
  .nullable()
  .describe('Why the last attempt failed; null: it did not.')
  .meta({ examples: [null] });

export const n8nInstanceAnswer = z
  .strictObject({
    id,
    name: z.string().meta({ examples: ['main'] }),
    url: z.string().meta({ examples: ['https://n8n.example.com'] }),
    status: z
      .enum(['ok', 'failing', 'unknown', 'removing', 'removed'])
      .describe('unknown: nothing was heard from it yet.'),
    credentials: z
      .int()
      .describe('That are kept there, or being taken away.')
      .meta({ examples: [12] }),
    lastSeenAt: moment.nullable(),
    failingSince: moment.nullable().meta({ examples: [null] }),
    lastErrorCode: code,
    createdAt: moment,
  })
  .meta({ id: 'N8nInstance' });

export const n8nCredentialAnswer = z
  .strictObject({
    id,
    instanceId: id,
    connectionId: id.nullable().describe('null: it was deleted, and what was put there is being taken away.'),
    clientId: owner,
    service,
    name: connectionName,
    type: z
      .string()
      .describe("n8n's own credential type.")
      .meta({ examples: ['googleSheetsOAuth2Api'] }),
    title: z
      .string()
      .describe('Its name in n8n; the mark at its end is how the broker finds it again.')
      .meta({ examples: ['ACME – Google (otobot:0f8fad5bd9cb469f)'] }),
    fields: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .describe('What the type has beside the token.'),
    status: z
      .enum(['synced', 'pending', 'failing', 'stopped', 'removing'])
      .describe('stopped: suspended or disabled, and taken away in n8n until it is resumed.'),
    remoteId: z
      .string()
      .nullable()
      .describe('Its id in n8n, which n8n chooses; null: it is not there.')
      .meta({ examples: ['R2DjclaysHbqn778'] }),
    pushedAt: moment.nullable().describe('When its token was put there last.'),
    pushedExpiresAt: moment.nullable().describe('The end of the token that stands there.'),
    checkedAt: moment.nullable().describe('When it was last compared with what was left.'),
    drift: z
      .enum(['gone', 'renamed', 'retyped', 'edited'])
      .nullable()
      .describe('What others had done to it when that was found last; it was put right.')
      .meta({ examples: [null] }),
    driftedAt: moment.nullable().meta({ examples: [null] }),
    lastErrorCode: code,
    createdAt: moment,
  })
  .meta({ id: 'N8nCredential' });
