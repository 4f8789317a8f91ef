import { Problem } from '../../errors/problem';
import type { Service } from '../../repositories/services';

/** Throws Problem `not_found`. */
export function foundService(service: Service | null, name: string): Service {
  if (service === null) throw unknownService(name);
  return service;
}

export function unknownService(name: string): Problem {
  return new Problem(
    'not_found',
    `There is no service "${name}". GET /v1/services lists them; create it with POST /v1/services.`,
    { extras: { reason: 'unknown_service' } },
  );
}
