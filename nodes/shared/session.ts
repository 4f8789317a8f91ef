import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { BrokerError } from './broker-error';
import type { Grant } from './contract';

/**
 * What is known about one request. It lives on the decrypted credential, an object that n8n makes anew for every
 * request and drops after it; nothing of it reaches n8n's database or the next client.
 */
export interface Session {
  grant?: Grant;
  /** Why there is no grant. Not thrown before a request needs one, so that Test works for a client not yet connected. */
  refusal?: Error;
  /** Method of the request that left with the grant. */
  sentMethod?: string;
}

export function sessionOf(credentials: ICredentialDataDecryptedObject): Session {
  const { grant, refusal, sentMethod } = credentials as unknown as Session;
  return { grant, refusal, sentMethod };
}

/** Not enumerable: whatever copies, logs or stores the credential leaves the session behind. */
export function remember(credentials: ICredentialDataDecryptedObject, session: Session): void {
  for (const name of ['grant', 'refusal', 'sentMethod'] as const) {
    Object.defineProperty(credentials, name, {
      value: session[name],
      enumerable: false,
      configurable: true,
      writable: true,
    });
  }
}

/**
 * Before n8n sends again it stores what the hook returned. Versions without the fix of n8n issue 34107 store with it
 * the fields as resolved for this item, so that from then on every item would act for this item's client. They
 * serialise this very object; n8n with the fix does not.
 */
export function forbidStoring(credentials: ICredentialDataDecryptedObject): void {
  const toJSON = (): never => {
    throw new BrokerError(
      'The API refused the token. Otobot has a new one: run this again. Only n8n 2.40 or newer can do so by itself without overwriting the expressions in the credential',
      { reasonCode: 'n8n_too_old' },
    );
  };
  Object.defineProperty(credentials, 'toJSON', { value: toJSON, enumerable: false, configurable: true });
}
