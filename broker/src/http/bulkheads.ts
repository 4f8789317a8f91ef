import type { IncomingMessage } from 'node:http';
import { createPlaces, type Places } from './places';

/** How much is let in. The defaults are those of a process in production; tests take less. */
export interface DoorLimits {
  /** Requests of the API that are worked on at once. */
  places: number;
  /** Those of the paths that need no key, and of the one that reads it from the body: strangers can take no more. */
  openPlaces: number;
  /** On one connection: nobody but an attacker sends ahead. */
  perConnection: number;
}

export const DOOR_LIMITS: DoorLimits = { places: 1_000, openPlaces: 200, perConnection: 32 };

/**
 * Strangers, who need no key for the open paths, cannot take the places of those who have one; nor can both keep a load balancer from
 * hearing how this process is. null: /health takes no place, and is answered always.
 */
export function createBulkheads({ places, openPlaces }: DoorLimits): (request: IncomingMessage) => Places | null {
  const api = createPlaces(places);
  const [token, open, ready] = [createPlaces(openPlaces), createPlaces(openPlaces), createPlaces(openPlaces)];
  return (request) => {
    const { url = '' } = request;
    if (url.startsWith('/v1/')) return api;
    // Its key may be in the body, so anybody's body is waited for.
    if (url.startsWith('/oauth2/')) return token;
    const path = pathOf(request);
    if (path === '/health') return null;
    return path === '/ready' ? ready : open;
  };
}

/** Whether it asks if this process is ready for requests. */
export const isProbe = (request: IncomingMessage): boolean => pathOf(request) === '/ready';

const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0] ?? '';
