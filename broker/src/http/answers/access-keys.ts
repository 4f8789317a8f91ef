import { z } from 'zod';
import { moment } from './parts';

const keyId = z.string().meta({ examples: ['7Qm2xVb0KpLa'] });

const accessKey = z.strictObject({
  id: keyId,
  name: z.string().meta({ examples: ['n8n'] }),
  environment: z.enum(['live', 'test']),
  hint: z
    .string()
    .describe('How its text begins and ends.')
    .meta({ examples: ['otb_live_7Qm2xVb0KpLa_…X4aQ'] }),
  scopes: z.array(z.string()).meta({ examples: [['credentials:read', 'connections:read']] }),
  clientIds: z
    .array(z.string())
    .nullable()
    .describe('null: every client of the organization.')
    .meta({ examples: [null] }),
  services: z
    .array(z.string())
    .nullable()
    .describe('null: every service.')
    .meta({ examples: [null] }),
  limits: z.record(z.string(), z.number().nullable()).meta({ examples: [{ quotaPerDay: 10_000 }] }),
  expiresAt: moment
    .nullable()
    .describe('null: never.')
    .meta({ examples: [null] }),
  revokedAt: moment.nullable().meta({ examples: [null] }),
  revokedReason: z
    .string()
    .nullable()
    .meta({ examples: [null] }),
  replacedBy: z
    .string()
    .nullable()
    .describe('The id of the key that a reroll put in its place.')
    .meta({ examples: [null] }),
  createdBy: z
    .string()
    .nullable()
    .meta({ examples: ['operator'] }),
  createdAt: moment,
  lastUsedAt: moment.nullable().describe('When it was last given something; null: never so far.'),
  lastUsedFrom: z
    .string()
    .nullable()
    .describe('From which address.')
    .meta({ examples: ['10.0.0.7'] }),
  usedToday: z
    .int()
    .describe('Credentials released since midnight, UTC.')
    .meta({ examples: [312] }),
  usedThisMonth: z
    .int()
    .describe('Credentials released since the first of the month, UTC.')
    .meta({ examples: [8_204] }),
});

export const accessKeyAnswer = accessKey.meta({ id: 'AccessKey' });

export const mintedAccessKeyAnswer = z.strictObject({
  ...accessKey.shape,
  key: z
    .string()
    .describe('The key itself: shown once, stored nowhere.')
    .meta({ examples: ['otb_live_7Qm2xVb0KpLa_…'] }),
});
