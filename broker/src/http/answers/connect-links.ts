import { z } from 'zod';
import { connectionName, id, moment, owner, service } from './parts';

const link = z.strictObject({
  id,
  clientId: owner,
  service,
  name: connectionName,
  scopes: z.array(z.string()).nullable().describe("null: the app's or the service's."),
  reason: z.string().nullable(),
  returnUrl: z.string().nullable(),
  tenant: z.string().nullable(),
  automatic: z.boolean().describe('Made by the broker, with a refusal or a notice.'),
  expiresAt: moment,
  usedAt: moment.nullable().meta({ examples: [null] }),
  revokedAt: moment.nullable().meta({ examples: [null] }),
  createdAt: moment,
  status: z.enum(['open', 'used', 'revoked', 'expired']),
});

export const connectLinkAnswer = link.meta({ id: 'ConnectLink' });

export const madeConnectLinkAnswer = z.strictObject({
  ...link.shape,
  url: z
    .string()
    .describe('The link itself, in this answer only.')
    .meta({ examples: ['https://otobot.example.com/connect/D4-tW9nLRp-hZXCGdyiVDg…'] }),
});
