import { z } from 'zod';
import { line } from '../../http/fields';
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
  ];
}
