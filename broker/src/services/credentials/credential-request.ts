import type { ServingConnection } from '../../repositories/serving';
import type { ConnectionName } from '../../types/credential';
import type { Ask } from '../access/authorize';
import type { Principal } from '../access/principal';

export interface CredentialRequest {
  clientId: string | null;
  service: string;
  name: string;
  /** A promise: the token lives at least that many seconds more, or there is no answer. */
  minTtlSeconds: number | null;
  /** The fingerprint of a token that the API has just rejected (401). */
  rejected: string | null;
  /** Throws a Problem where the caller has no use for this connection: then nothing is released. */
  fits?: (connection: ServingConnection) => void;
}

/** What a read has to be allowed, and is audited as, by whichever way it goes. */
export const askOf = ({ clientId, service }: CredentialRequest): Ask => ({
  action: 'credential.read',
  scope: 'credentials:read',
  clientId,
  service,
});

/** The connection that is meant: always of the caller's own organization. */
export const nameOf = (
  { organizationId }: Principal,
  { clientId, service, name }: CredentialRequest,
): ConnectionName => ({ organizationId, clientId, service, name });
