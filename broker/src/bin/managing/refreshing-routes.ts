import { z } from 'zod';
import { line } from '../../http/fields';
import { route, type Route } from '../../http/route';
import type { Refreshing } from '../../services/refreshing';

/** Declared as the API's routes are, but not among them: no access key reaches beyond its organization. */
export function refreshingRoutes(refreshing: Refreshing): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/refreshing/pause',
      summary: 'Nothing is refreshed until it is resumed',
      scope: 'any',
      body: z.strictObject({ reason: line(200) }),
      handle: ({ body }, caller) => refreshing.pause(caller, body.reason),
    }),
    route({
      method: 'post',
      path: '/v1/refreshing/resume',
      summary: 'Refreshing goes on',
      scope: 'any',
      handle: (_input, caller) => refreshing.resume(caller),
    }),
  ];
}
