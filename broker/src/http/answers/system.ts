import { z } from 'zod';
import { SCOPES } from '../../secrets/scopes';
import { SURFACES } from '../../types/surface';

export const aliveAnswer = z.strictObject({ status: z.literal('alive') });

export const readyAnswer = z.strictObject({
  status: z.literal('ready'),
  surface: z.enum(SURFACES).describe('grants: this process hands out credentials and nothing else.'),
  warnings: z
    .array(z.string())
    .describe('What somebody should look at, although serving goes on.')
    .meta({ examples: [[]] }),
});

export const whoamiAnswer = z.strictObject({
  keyId: z
    .string()
    .nullable()
    .describe('null: not an access key, but INTERNAL_API_TOKEN.')
    .meta({ examples: ['7Qm2xVb0KpLa'] }),
  actor: z
    .string()
    .describe('As the audit names the caller.')
    .meta({ examples: ['key:7Qm2xVb0KpLa'] }),
  organization: z.string().meta({ examples: ['default'] }),
  scopes: z.array(z.enum(SCOPES)).meta({ examples: [['credentials:read', 'connections:read']] }),
  clientIds: z
    .array(z.string())
    .nullable()
    .describe('null: all of the organization.')
    .meta({ examples: [null] }),
  services: z
    .array(z.string())
    .nullable()
    .describe('null: all.')
    .meta({ examples: [null] }),
});
