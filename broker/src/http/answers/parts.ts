import { z } from 'zod';

/** A moment in an answer: ISO 8601, UTC. */
export const moment = z.iso.datetime().meta({ examples: ['2026-11-20T10:00:00.000Z'] });

/** The id of an object that the broker made. */
export const id = z.uuid().meta({ examples: ['0f8fad5b-d9cb-469f-a165-70867728950e'] });

/** One page of a list. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({
    items: z.array(item),
    nextCursor: z
      .string()
      .nullable()
      .describe('For the next page; null: this was the last one.')
      .meta({ examples: [null] }),
  });

/** Whom a credential is for. `-`: the organization itself. */
export const owner = z
  .string()
  .describe('A Client ID; - for the organization itself.')
  .meta({ examples: ['acme'] });
export const service = z.string().meta({ examples: ['google'] });
export const connectionName = z.string().meta({ examples: ['default'] });

export const account = z
  .strictObject({ id: z.string(), label: z.string().nullable() })
  .nullable()
  .describe('Whose account it is at the provider; null: the provider does not tell.')
  .meta({ examples: [{ id: '1084', label: 'anna@acme.example' }] });

/** What becomes of tokens at their provider. */
export const REVOCATIONS = ['queued', 'shared', 'unsupported', 'none'] as const;

/** What a workflow did, by what the audit says. */
export const workflowUse = z.strictObject({
  workflowId: z
    .string()
    .nullable()
    .describe('null: callers that named no workflow.')
    .meta({ examples: ['w1'] }),
  count: z.int().meta({ examples: [42] }),
  lastAt: moment,
});
