import { z } from 'zod';
import { Problem } from '../../errors/problem';
import type { Authorize } from '../../services/access/authorize';
import type { CheckReadiness } from '../../services/readiness';
import type { Surface } from '../../types/surface';
import { aliveAnswer, readyAnswer, whoamiAnswer } from '../answers/system';
import { route, type Route } from '../route';

export interface SystemParts {
  authorize: Authorize;
  readiness: CheckReadiness;
  surface: Surface;
}

export function systemRoutes({ authorize, readiness, surface }: SystemParts): Route[] {
  return [
    route({
      method: 'get',
      path: '/health',
      summary: 'Whether the process is alive',
      scope: 'public',
      limited: false,
      query: z.object({}),
      answer: aliveAnswer,
      handle: () => Promise.resolve({ status: 'alive' }),
    }),
    route({
      method: 'get',
      path: '/ready',
      summary: 'Whether the process can serve; 503 with what is missing',
      scope: 'public',
      limited: false,
      query: z.object({}),
      answer: readyAnswer,
      problems: ['stopping'],
      handle: async () => {
        const { ready, missing, warnings } = await readiness();
        if (ready) return { status: 'ready', surface, warnings };
        throw new Problem('database_unavailable', `Not ready: ${missing.join('; ')}.`, {
          extras: { retryAfterSeconds: 2 },
        });
      },
    }),
    route({
      method: 'get',
      path: '/v1/whoami',
      summary: 'The key that was sent, and what it may do',
      scope: 'any',
      answer: whoamiAnswer,
      handle: async (_input, caller) => {
        const who = await authorize(caller, { action: 'whoami', scope: null });
        return {
          keyId: who.keyId,
          actor: who.actor,
          organization: who.organization,
          scopes: [...who.scopes],
          clientIds: who.clientIds && [...who.clientIds],
          services: who.services && [...who.services],
        };
      },
    }),
  ];
}
