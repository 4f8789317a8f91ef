import { z } from 'zod';
import { moment, workflowUse } from './parts';

/** What every answer about something that can be suspended tells of it. */
export const suspensionState = {
  suspendedAt: moment
    .nullable()
    .describe('null: in use.')
    .meta({ examples: [null] }),
  suspendedReason: z
    .string()
    .nullable()
    .meta({ examples: [null] }),
};

/** The latest order to give up all consents. */
export const revocationOrder = z
  .strictObject({
    orderedAt: moment,
    endedAt: moment.nullable().describe('null: a worker is at it.'),
    connections: z.int().describe('That have lost their tokens by it so far.'),
    revoked: z.int().describe('Tokens that the provider has taken back.'),
    notRevoked: z.int().describe('Tokens that it never will take back.'),
    waiting: z.int().describe('Tokens that it is yet to be asked about.'),
  })
  .nullable()
  .describe('The latest order to give up all consents; null: there was none.');

/** What stops with a suspension. */
export const stopping = z
  .strictObject({
    organizations: z.int().meta({ examples: [1] }),
    clients: z.int().meta({ examples: [3] }),
    connections: z.int().meta({ examples: [5] }),
    workflows: z.array(workflowUse).nullable().describe('That have used it in the last 30 days, the busiest first.'),
  })
  .describe('What stops.');
