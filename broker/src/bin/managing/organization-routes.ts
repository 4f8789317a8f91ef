import { z } from 'zod';
import { line, suspension } from '../../http/fields';
import { route, type Route } from '../../http/route';
import type { Organizations } from '../../services/organizations';

/** Declared as the API's routes are, but not among them: no access key reaches beyond its organization. */
export function organizationRoutes(organizations: Organizations): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/organizations',
      summary: 'All organizations',
      scope: 'any',
      handle: async (_input, caller) => ({ items: await organizations.list(caller), nextCursor: null }),
    }),
    route({
      method: 'post',
      path: '/v1/organizations',
      summary: 'A new organization',
      scope: 'any',
      body: z.strictObject({ name: z.string(), displayName: line(200).optional() }),
      handle: ({ body }, caller) => organizations.create(caller, body),
    }),
    route({
      method: 'patch',
      path: '/v1/organizations/:name',
      summary: 'Changes what is given; null removes a value',
      scope: 'any',
      params: z.strictObject({ name: z.string() }),
      body: z.strictObject({
        displayName: line(200).optional(),
        logoUrl: z
          .string()
          .max(2_000)
          .regex(/^https:\/\/[\x21-\x7e]+$/, 'must be an https URL')
          .nullable()
          .optional(),
        color: z
          .string()
          .regex(/^#[0-9a-f]{6}$/i, 'must be a colour such as #0a7d5a')
          .transform((color) => color.toLowerCase())
          .nullable()
          .optional(),
      }),
      handle: ({ params, body }, caller) => organizations.update(caller, params.name, body),
    }),
    route({
      method: 'post',
      path: '/v1/organizations/:name/suspend',
      summary: 'Refuses its keys and closes its Connect pages; tells what stops',
      scope: 'any',
      params: z.strictObject({ name: z.string() }),
      body: z.strictObject(suspension),
      handle: ({ params, body }, caller) => organizations.suspend(caller, params.name, body),
    }),
    route({
      method: 'post',
      path: '/v1/organizations/:name/resume',
      summary: 'Ends a suspension',
      scope: 'any',
      params: z.strictObject({ name: z.string() }),
      handle: ({ params }, caller) => organizations.resume(caller, params.name),
    }),
  ];
}
