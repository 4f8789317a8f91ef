import { z } from 'zod';
import { moment, owner, REVOCATIONS } from './parts';
import { revocationOrder, stopping, suspensionState } from './suspending';

export const clientAnswer = z
  .strictObject({
    clientId: owner,
    name: z.string().meta({ examples: ['Acme Ltd'] }),
    email: z.string().nullable(),
    locale: z
      .string()
      .nullable()
      .describe('The language of what the client sees.')
      .meta({ examples: ['fr'] }),
    ...suspensionState,
    revocationOrder,
    createdAt: moment,
    updatedAt: moment,
  })
  .meta({ id: 'Client' });

export const suspendedClientAnswer = z.strictObject({ ...clientAnswer.shape, stopping });

export const removedClientAnswer = z.strictObject({
  clientId: owner,
  revocations: z
    .strictObject(Object.fromEntries(REVOCATIONS.map((each) => [each, z.int()])))
    .describe("What becomes of the connections' tokens at their providers: how many of each."),
});
