import { z } from 'zod';
import { id, moment } from './parts';

const nothing = { examples: [null] };

const webhook = z.strictObject({
  id,
  url: z.string().meta({ examples: ['https://n8n.example.com/webhook/otobot'] }),
  description: z.string().nullable().meta(nothing),
  events: z
    .array(z.string())
    .nullable()
    .describe('null: all.')
    .meta({ examples: [['connection.reauth_required']] }),
  clientId: z.string().nullable().describe('null: of every client that its key may see.').meta(nothing),
  service: z.string().nullable().describe('null: of every service that its key may see.').meta(nothing),
  createdBy: z.string().meta({ examples: ['key:7Qm2xVb0KpLa'] }),
  status: z
    .enum(['active', 'failing', 'paused', 'disabled'])
    .describe('failing: the latest delivery was not taken. paused: the key that made it has ended.'),
  failures: z
    .int()
    .describe('In a row.')
    .meta({ examples: [0] }),
  failingSince: moment.nullable().meta(nothing),
  lastDeliveredAt: moment.nullable(),
  disabledAt: moment.nullable().meta(nothing),
  disabledReason: z
    .enum(['gone', 'failing', 'switched_off'])
    .nullable()
    .describe('gone: it answered 410. failing: nothing but failures for five days. switched_off: by somebody.')
    .meta(nothing),
  previousSecretUntil: moment
    .nullable()
    .describe('Until then what is sent is signed with the former secret, too.')
    .meta(nothing),
  createdAt: moment,
  updatedAt: moment,
});

export const webhookAnswer = webhook.meta({ id: 'Webhook' });

export const webhookWithSecretAnswer = z.strictObject({
  ...webhook.shape,
  secret: z
    .string()
    .describe('With which signatures are checked: in this answer only.')
    .meta({ examples: ['whsec_…'] }),
});

const eventId = z
  .string()
  .describe('The webhook-id header: the same each time this event is sent.')
  .meta({ examples: ['evt_5e2c1c0f7d5b4a16b1f3c9d8e7a60b42'] });
const status = z.enum(['waiting', 'delivered', 'failed']);
const httpStatus = z
  .int()
  .nullable()
  .describe('null: nobody answered, or nothing was sent.')
  .meta({ examples: [204] });
const code = z
  .string()
  .nullable()
  .describe('Why it was not taken, such as http_500, timeout or outbound_refused.')
  .meta(nothing);
const durationMs = z
  .int()
  .nullable()
  .meta({ examples: [84] });

export const deliveryAnswer = z
  .strictObject({
    id,
    eventId,
    type: z.string().meta({ examples: ['connection.reauth_required'] }),
    clientId: z
      .string()
      .nullable()
      .meta({ examples: ['acme'] }),
    service: z
      .string()
      .nullable()
      .meta({ examples: ['google'] }),
    connectionId: id.nullable(),
    status: status.describe('failed: it is tried no more.'),
    attempts: z.int().meta({ examples: [1] }),
    nextAttemptAt: moment.nullable().meta(nothing),
    lastAttemptAt: moment.nullable(),
    deliveredAt: moment.nullable(),
    httpStatus,
    code,
    durationMs,
    occurredAt: moment.describe('When what it tells of happened.'),
  })
  .meta({ id: 'WebhookDelivery' });

export const testAnswer = z.strictObject({
  eventId,
  status: status.describe('waiting: no worker has sent it within 5 s. Is a refresher running?'),
  httpStatus,
  code,
  answer: z
    .string()
    .nullable()
    .describe('The first 200 characters of what came back.')
    .meta({ examples: ['ok'] }),
  durationMs,
});

export const replayAnswer = z.strictObject({
  events: z
    .int()
    .describe('How many are sent once more.')
    .meta({ examples: [42] }),
  more: z.boolean().describe('There are more: ask again, with lastAt as since.'),
  lastAt: moment.nullable(),
});
