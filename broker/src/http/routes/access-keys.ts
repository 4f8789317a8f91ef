import { z } from 'zod';
import { PRESETS, SCOPES, type Preset, type Scope } from '../../secrets/scopes';
import type { AccessKeys } from '../../services/access-keys/access-keys';
import { clientId, instant, line, page, serviceName } from '../fields';
import { accessKeyAnswer, mintedAccessKeyAnswer } from '../answers/access-keys';
import { pageOf } from '../answers/parts';
import { route, type Route } from '../route';

const one = z.strictObject({
  id: z
    .string()
    .regex(/^[0-9A-Za-z]{12}$/, 'is not the id of an access key')
    .meta({ examples: ['7Qm2xVb0KpLa'] }),
});

const name = line(200)
  .describe('For people.')
  .meta({ examples: ['n8n'] });
const scopes = z.array(z.enum(SCOPES as readonly [Scope, ...Scope[]])).max(50);
const limit = (most: number) => z.int().min(1).max(most).nullable().optional();
const changeable = {
  clientIds: z
    .array(clientId)
    .max(1_000)
    .nullable()
    .optional()
    .describe('Limits the key to these clients; null: all of the organization.'),
  services: z
    .array(serviceName)
    .max(1_000)
    .nullable()
    .optional()
    .describe('Limits the key to these services; null: all.'),
  limits: z
    .strictObject({
      ratePerMinute: limit(1_000_000).describe('Requests a minute.'),
      quotaPerDay: limit(1_000_000_000).describe('Credentials released a day, by the calendar in UTC.'),
      quotaPerMonth: limit(1_000_000_000).describe('Credentials released a month, by the calendar in UTC.'),
    })
    .optional()
    .describe('Only what is given changes; null takes a limit away.'),
  expiresAt: instant.nullable().optional().describe('null: never.'),
};

const newKey = z
  .strictObject({
    name,
    preset: z
      .enum(Object.keys(PRESETS) as [Preset, ...Preset[]])
      .optional()
      .meta({ examples: ['n8n'] }),
    scopes: scopes.min(1).optional().describe('Beside preset: what the key may do beyond that.'),
    environment: z.enum(['live', 'test']).default('live'),
    ...changeable,
  })
  .refine((key) => key.preset !== undefined || key.scopes !== undefined, {
    error: 'give preset, scopes or both',
    path: ['scopes'],
  });

export function accessKeyRoutes({ accessKeys }: { accessKeys: AccessKeys }): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/access-keys',
      summary: 'The access keys that reach no further than the one sent',
      scope: 'access-keys:write',
      query: z.strictObject(page),
      answer: pageOf(accessKeyAnswer),
      handle: ({ query }, caller) => accessKeys.list(caller, query),
    }),
    route({
      method: 'post',
      path: '/v1/access-keys',
      summary: 'A new access key; its text is in this answer only',
      scope: 'access-keys:write',
      body: newKey,
      status: 201,
      answer: mintedAccessKeyAnswer,
      problems: ['invalid_value', 'key_unavailable'],
      handle: ({ body }, caller) => accessKeys.create(caller, body),
    }),
    route({
      method: 'get',
      path: '/v1/access-keys/:id',
      summary: 'One access key: what it may do, until when, and how it is used',
      scope: 'access-keys:write',
      params: one,
      answer: accessKeyAnswer,
      handle: ({ params }, caller) => accessKeys.read(caller, params.id),
    }),
    route({
      method: 'patch',
      path: '/v1/access-keys/:id',
      summary: 'Changes what a key may do, at once in every process',
      scope: 'access-keys:write',
      params: one,
      body: z.strictObject({ name: name.optional(), scopes: scopes.min(1).optional(), ...changeable }),
      answer: accessKeyAnswer,
      problems: ['conflict', 'invalid_value', 'integrity', 'key_unavailable'],
      handle: ({ params, body }, caller) => accessKeys.update(caller, params.id, body),
    }),
    route({
      method: 'post',
      path: '/v1/access-keys/:id/reroll',
      summary: 'A new key that may do the same; the old one ends after graceSeconds',
      scope: 'access-keys:write',
      params: one,
      body: z
        .strictObject({
          graceSeconds: z
            .int()
            .min(0)
            .max(30 * 86_400)
            .default(0),
        })
        .default({ graceSeconds: 0 }),
      status: 201,
      answer: mintedAccessKeyAnswer,
      problems: ['conflict', 'invalid_value', 'integrity', 'key_unavailable'],
      handle: ({ params, body }, caller) => accessKeys.reroll(caller, params.id, body),
    }),
    route({
      method: 'post',
      path: '/v1/access-keys/:id/revoke',
      summary: 'Ends a key at once, in every process',
      scope: 'access-keys:write',
      params: one,
      body: z.strictObject({ reason: line(200).optional() }).default({}),
      answer: accessKeyAnswer,
      problems: ['conflict', 'integrity', 'key_unavailable'],
      handle: ({ params, body }, caller) => accessKeys.revoke(caller, params.id, body),
    }),
  ];
}
