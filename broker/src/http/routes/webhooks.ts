import { z } from 'zod';
import { TOLD_TYPES, type EventType } from '../../services/webhooks/event-types';
import type { WebhookDeliveries } from '../../services/webhooks/deliveries';
import type { Webhooks } from '../../services/webhooks/webhooks';
import { clientId, instant, line, page, seconds, serviceName, uuid } from '../fields';
import { deliveryAnswer, replayAnswer, testAnswer, webhookAnswer, webhookWithSecretAnswer } from '../answers/webhooks';
import { pageOf } from '../answers/parts';
import { route, type Route } from '../route';

const MOST_GRACE_SECONDS = 30 * 86_400;

const scope = 'webhooks:write' as const;
const one = z.strictObject({ id: uuid });
const url = z
  .string()
  .max(2_000)
  .describe('Where events are sent: https.')
  .meta({ examples: ['https://n8n.example.com/webhook/otobot'] });
const events = z
  .array(z.enum(TOLD_TYPES as readonly [EventType, ...EventType[]]))
  .min(1)
  .max(TOLD_TYPES.length)
  .describe('What it hears; all unless given.')
  .meta({ examples: [['connection.reauth_required', 'connection.recovered']] });
const ofClient = clientId.describe('Only what is about this client.');
const ofService = serviceName.describe('Only what is about this service.');
const deliveryId = uuid.meta({ examples: ['7c9e6679-7425-40de-944b-e07fc1f90ae7'] });
const description = line(200).describe('For people.');

export interface WebhookServices {
  webhooks: Webhooks;
  webhookDeliveries: WebhookDeliveries;
}

/** Endpoints that are told of events. */
export function webhookRoutes({ webhooks, webhookDeliveries }: WebhookServices): Route[] {
  return [
    route({
      ...{ method: 'get', path: '/v1/webhooks', scope },
      summary: 'The webhooks, newest first',
      query: z.strictObject(page),
      answer: pageOf(webhookAnswer),
      handle: ({ query }, caller) => webhooks.list(caller, query),
    }),
    route({
      ...{ method: 'post', path: '/v1/webhooks', scope },
      summary: 'A new webhook; its secret is in this answer only',
      body: z.strictObject({
        ...{ url, events: events.optional(), description: description.optional() },
        ...{ clientId: ofClient.optional(), service: ofService.optional() },
      }),
      status: 201,
      answer: webhookWithSecretAnswer,
      problems: ['conflict', 'invalid_value', 'key_unavailable'],
      handle: ({ body }, caller) => webhooks.create(caller, body),
    }),
    route({
      ...{ method: 'get', path: '/v1/webhooks/:id', scope },
      summary: 'One webhook, with how it fares',
      params: one,
      answer: webhookAnswer,
      handle: ({ params }, caller) => webhooks.read(caller, params.id),
    }),
    route({
      ...{ method: 'patch', path: '/v1/webhooks/:id', scope },
      summary: 'Changes a webhook; its secret stays',
      params: one,
      body: z.strictObject({
        ...{
          url: url.optional(),
          events: events.nullable().optional(),
          description: description.nullable().optional(),
        },
        ...{ clientId: ofClient.nullable().optional(), service: ofService.nullable().optional() },
        enabled: z
          .boolean()
          .optional()
          .describe('true: also after it was disabled; one whose key has ended goes on under the key that is sent.'),
      }),
      answer: webhookAnswer,
      problems: ['invalid_value', 'integrity', 'key_unavailable'],
      handle: ({ params, body }, caller) => webhooks.update(caller, params.id, body),
    }),
    route({
      ...{ method: 'delete', path: '/v1/webhooks/:id', scope },
      summary: 'Ends a webhook; what waits for it is not sent any more',
      params: one,
      status: 204,
      handle: ({ params }, caller) => webhooks.remove(caller, params.id),
    }),
    route({
      ...{ method: 'post', path: '/v1/webhooks/:id/rotate-secret', scope },
      summary: 'A new secret; with graceSeconds both sign for a while',
      params: one,
      body: z.strictObject({ graceSeconds: seconds.max(MOST_GRACE_SECONDS).default(0) }).default({ graceSeconds: 0 }),
      answer: webhookWithSecretAnswer,
      problems: ['integrity', 'key_unavailable'],
      handle: ({ params, body }, caller) => webhooks.rotateSecret(caller, params.id, body),
    }),
    ...deliveryRoutes(webhookDeliveries),
  ];
}

function deliveryRoutes(deliveries: WebhookDeliveries): Route[] {
  return [
    route({
      ...{ method: 'post', path: '/v1/webhooks/:id/test', scope },
      summary: 'Sends an event of type webhook.test, and waits up to 5 s for the answer',
      params: one,
      answer: testAnswer,
      handle: ({ params }, caller) => deliveries.test(caller, params.id),
    }),
    route({
      ...{ method: 'get', path: '/v1/webhooks/:id/deliveries', scope },
      summary: 'What was sent to it, or will be, the newest events first',
      params: one,
      query: z.strictObject({ ...page, status: z.enum(['waiting', 'delivered', 'failed']).optional() }),
      answer: pageOf(deliveryAnswer),
      handle: ({ params, query }, caller) => deliveries.list(caller, params.id, query),
    }),
    route({
      ...{ method: 'post', path: '/v1/webhooks/:id/replay', scope },
      summary: 'Sends once more what it hears, from a moment on',
      params: one,
      body: z.strictObject({
        since: instant.describe('Events are kept for 30 days.').meta({ examples: ['2026-11-20T10:00:00Z'] }),
        onlyUndelivered: z.boolean().default(false).describe('Leaves out what was delivered.'),
      }),
      answer: replayAnswer,
      handle: ({ params, body }, caller) => deliveries.replay(caller, params.id, body),
    }),
    route({
      ...{ method: 'post', path: '/v1/webhooks/:id/deliveries/:deliveryId/replay', scope },
      summary: 'Sends one event once more',
      params: z.strictObject({ id: uuid, deliveryId }),
      answer: deliveryAnswer,
      handle: ({ params }, caller) => deliveries.replayOne(caller, params.id, params.deliveryId),
    }),
  ];
}
