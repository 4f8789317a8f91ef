import { Problem } from '../errors/problem';
import type { Client } from '../repositories/clients';

/** Throws Problem `not_found`. */
export function foundClient(client: Client | null, clientId: string): Client {
  if (client === null) throw unknownClient(clientId);
  return client;
}

export function unknownClient(clientId: string): Problem {
  return new Problem(
    'not_found',
    `There is no client "${clientId}". GET /v1/clients lists them; create it with POST /v1/clients.`,
    { extras: { reason: 'unknown_client' } },
  );
}
