import { Problem } from '../../errors/problem';
import type { N8nCredential } from '../../repositories/n8n-credentials';
import type { N8nInstance } from '../../repositories/n8n-instances';
import { nameThere } from './pushed-body';

export interface N8nInstanceView extends Omit<N8nInstance, 'removedAt'> {
  /** `unknown`: nothing was heard from it yet. */
  status: 'ok' | 'failing' | 'unknown' | 'removing' | 'removed';
}

export function instanceViewOf(instance: N8nInstance): N8nInstanceView {
  const { id, name, url, lastSeenAt, failingSince, lastErrorCode, removedAt, createdAt, credentials } = instance;
  const heard = lastSeenAt === null ? 'unknown' : 'ok';
  const status = removedAt !== null ? 'removing' : failingSince !== null ? 'failing' : heard;
  return { id, name, url, status, credentials, lastSeenAt, failingSince, lastErrorCode, createdAt };
}

export interface N8nCredentialView extends Omit<N8nCredential, 'clientId' | 'title'> {
  /** A Client ID; - for the organization itself. */
  clientId: string;
  /** Its name in n8n. */
  title: string;
}

export function credentialViewOf({ clientId, title, ...rest }: N8nCredential): N8nCredentialView {
  return { ...rest, clientId: clientId ?? '-', title: nameThere(title, rest.id) };
}

/** Throws Problem `not_found`. */
export function foundInstance<T>(instance: T | null): T {
  if (instance !== null) return instance;
  throw new Problem('not_found', 'There is no such n8n instance. GET /v1/n8n-instances lists them.');
}

/** Throws Problem `not_found`. */
export function foundN8nCredential<T>(credential: T | null): T {
  if (credential !== null) return credential;
  throw new Problem('not_found', 'There is no such credential. GET /v1/n8n-instances/:id/credentials lists them.');
}
