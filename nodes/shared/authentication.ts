import type {
  ICredentialDataDecryptedObject,
  IDataObject,
  IHttpRequestHelper,
  IHttpRequestOptions,
} from 'n8n-workflow';

import { brokerBase, requestGrant } from './broker';
import { BrokerError } from './broker-error';
import { attributionOf, brokerAddress, connectionOf } from './connection';
import { isIdempotent } from './idempotent';
import { assertOwnItem } from './own-item';
import { forbidStoring, remember, sessionOf, type Session } from './session';
import { assertMayReceive, assertReachesBroker, targetOf } from './target';

const DONE: IDataObject = {};
/** Tells n8n to authenticate and send once more. The empty `session` is all that it stores. */
const SEND_AGAIN: IDataObject = { session: '' };

/**
 * n8n calls this before a request, and again with the same object when the request has failed, for whatever reason
 * and without saying which. The second call reports the token; only a new one is worth another attempt, and a POST
 * is never repeated, since it may have been carried out before it failed.
 */
export async function openSession(
  this: IHttpRequestHelper,
  credentials: ICredentialDataDecryptedObject,
): Promise<IDataObject> {
  const { grant, refusal, sentMethod } = sessionOf(credentials);
  if (grant === undefined && refusal === undefined) {
    remember(credentials, await ask(this, credentials));
    return DONE;
  }
  if (grant === undefined || sentMethod === undefined) return DONE;

  const next = await ask(this, credentials, grant.fingerprint);
  if (next.refusal !== undefined && !isReauth(next.refusal)) return DONE;
  if (next.grant?.fingerprint === grant.fingerprint) return DONE;
  remember(credentials, next);
  // With a refusal nothing is sent: `authenticate` throws it in place of a bare 401.
  if (next.refusal === undefined && !isIdempotent(sentMethod)) return DONE;
  forbidStoring(credentials);
  return SEND_AGAIN;
}

/** Puts the client's credential on a request, if that goes where the credential may go. */
export async function authenticateRequest(
  credentials: ICredentialDataDecryptedObject,
  request: IHttpRequestOptions,
): Promise<IHttpRequestOptions> {
  const target = targetOf(request);
  const method = (request.method ?? 'GET').toUpperCase();
  if (isBroker(credentials, target)) return askWhoAmI(credentials, request, target, method);

  const { grant, refusal } = sessionOf(credentials);
  if (refusal !== undefined) throw refusal;
  if (grant === undefined) {
    throw new BrokerError('n8n did not ask the Otobot broker before this request', { reasonCode: 'no_grant' });
  }
  assertMayReceive(target, request, grant.allowedHosts);
  remember(credentials, { grant, sentMethod: method });
  return withHeaders(request, grant.headers, target);
}

async function ask(
  http: IHttpRequestHelper,
  credentials: ICredentialDataDecryptedObject,
  rejected?: string,
): Promise<Session> {
  try {
    assertOwnItem(credentials.resolvedFor);
    const report = rejected === undefined ? {} : { rejected };
    const body = { ...connectionOf(credentials), ...attributionOf(credentials), ...report };
    return {
      grant: await requestGrant((options) => http.helpers.httpRequest(options), brokerAddress(credentials), body),
    };
  } catch (error) {
    return { refusal: error as Error };
  }
}

/**
 * The internal token goes to one address only, the one that the Test button asks. Anything else there would let
 * whoever may edit a workflow drive the broker with n8n's scopes.
 */
function askWhoAmI(
  credentials: ICredentialDataDecryptedObject,
  request: IHttpRequestOptions,
  target: URL,
  method: string,
): IHttpRequestOptions {
  const { apiUrl, internalToken } = brokerAddress(credentials);
  if (method !== 'GET' || target.href !== `${brokerBase(apiUrl)}/v1/whoami`) {
    throw new BrokerError('This credential gives no access to the Otobot broker itself', {
      reasonCode: 'target_refused',
    });
  }
  assertReachesBroker(target, request);
  return withHeaders({ ...request, disableFollowRedirect: true }, { Authorization: `Bearer ${internalToken}` }, target);
}

/** A copy, so that the request which n8n shows in the editor never holds the credential. */
function withHeaders(request: IHttpRequestOptions, secret: Record<string, string>, target: URL): IHttpRequestOptions {
  const replaced = new Set(Object.keys(secret).map((name) => name.toLowerCase()));
  const kept = Object.entries(request.headers ?? {}).filter(([name]) => !replaced.has(name.toLowerCase()));
  const isOnlyAuthorization = [...replaced].every((name) => name === 'authorization');
  return {
    ...request,
    headers: { ...Object.fromEntries(kept), ...secret },
    sendCredentialsOnCrossOriginRedirect: false,
    // A redirect drops Authorization, but carries any other header to whatever host it names.
    ...(isOnlyAuthorization ? {} : { allowedDomains: request.allowedDomains ?? target.hostname }),
  };
}

function isBroker(credentials: ICredentialDataDecryptedObject, target: URL): boolean {
  return new URL(brokerBase(brokerAddress(credentials).apiUrl)).origin === target.origin;
}

function isReauth(error: Error): boolean {
  return error instanceof BrokerError && error.reasonCode === 'reauth_required';
}
