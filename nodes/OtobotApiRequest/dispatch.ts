import type { IDataObject, IHttpRequestMethods } from 'n8n-workflow';
import { isDomainAllowed } from 'n8n-workflow';

import type { SendRequest } from '../shared/broker';
import { BrokerError } from '../shared/broker-error';
import { connectionErrorInWords } from '../shared/connection-error';
import type { Grant } from '../shared/contract';
import { assertMayReceive } from '../shared/target';
import { addressOf } from './address';
import { invalid, type ApiCall, type CallBody } from './call';
import { redirectOf } from './redirect';
import { secretsOf } from './secrets';

export interface ApiAnswer {
  status: number;
  statusText: string;
  headers: IDataObject;
  content: Buffer;
  /** Where it came from, after redirects. */
  url: URL;
  /** Whether the request that it answers carried the credential; after a redirect to another host it did not. */
  carriedCredential: boolean;
  /** What must be hidden in it. */
  secrets: readonly string[];
}

/** One request on the wire; a redirect makes another. */
export interface Hop {
  method: IHttpRequestMethods;
  url: URL;
  body: CallBody | null;
  /** False from the first redirect to another origin on, for good. */
  carriesCredential: boolean;
}

export interface SendSettings {
  http: SendRequest;
  timeoutMs: number;
  followRedirects: boolean;
  /** False: a service that names no hosts may not be called at all. */
  anyHost: boolean;
  /** The domains to which n8n's credential is restricted, in n8n's own notation. */
  allowedDomains?: string;
  abortSignal?: AbortSignal;
}

const MAX_REDIRECTS = 10;
const NO_HOSTS =
  'This service has neither allowed hosts nor a base URL in Otobot, so that an AI model could send the credential to any host';

/**
 * Sends a call with a client's credential on it, once, and follows redirects without ever taking it to another host.
 *
 * @throws BrokerError when the call leaves the service's hosts, before anything is sent, or when there is no answer
 */
export async function dispatch(call: ApiCall, grant: Grant, settings: SendSettings): Promise<ApiAnswer> {
  const url = addressOf(call, grant.baseUrl);
  const hosts = hostsOf(grant);
  if (hosts === null && !settings.anyHost) throw invalid(NO_HOSTS);
  assertMayReceive(url, { url: url.href }, hosts);
  assertOwnHeaders(call, grant);
  let hop: Hop = { method: call.method, url, body: call.body, carriesCredential: true };
  for (let redirects = 0; ; redirects++) {
    const answer = await send(hop, call, grant, settings);
    const next = settings.followRedirects ? redirectOf(answer, hop) : null;
    if (next === null) return answer;
    if (redirects === MAX_REDIRECTS)
      throw invalid(`${url.hostname} answered with more than ${MAX_REDIRECTS} redirects`);
    hop = next;
  }
}

/** Where no hosts were named, the one of the base URL is the service; where there is none either, any host by https. */
export function hostsOf({ allowedHosts, baseUrl }: Grant): string[] | null {
  return allowedHosts ?? (baseUrl === null ? null : [new URL(baseUrl).hostname]);
}

async function send(hop: Hop, call: ApiCall, grant: Grant, settings: SendSettings): Promise<ApiAnswer> {
  const { method, url, body, carriesCredential } = hop;
  assertDomainAllowed(url, settings.allowedDomains);
  const answer = (await settings
    .http({
      method,
      url: url.href,
      headers: headersOf(hop, call, grant),
      ...(body === null ? {} : { body: body.content }),
      encoding: 'arraybuffer',
      timeout: settings.timeoutMs,
      abortSignal: settings.abortSignal,
      returnFullResponse: true,
      ignoreHttpStatusErrors: true,
      disableFollowRedirect: true,
    })
    .catch((error: unknown) => {
      throw unanswered(url, error);
    })) as { statusCode: number; statusMessage?: string; headers: IDataObject; body: Buffer | null };
  return {
    status: answer.statusCode,
    statusText: answer.statusMessage ?? '',
    headers: answer.headers,
    content: answer.body ?? Buffer.alloc(0),
    url,
    carriedCredential: carriesCredential,
    secrets: secretsOf(grant),
  };
}

function assertDomainAllowed({ href, host }: URL, allowedDomains: string | undefined): void {
  if (allowedDomains === undefined || isDomainAllowed({ url: href, allowedDomains })) return;
  throw new BrokerError(`${host} is missing from the "Allowed Domains" of the credential in n8n`, {
    reasonCode: 'target_refused',
  });
}

/** What the workflow wrote stays at home too: nobody knows what is in a header of its own. */
function headersOf({ body, carriesCredential }: Hop, call: ApiCall, grant: Grant): Record<string, string> {
  const own = Object.entries(call.headers).filter(([name]) => carriesCredential || name.toLowerCase() === 'accept');
  const has = (wanted: string) => own.some(([name]) => name.toLowerCase() === wanted);
  return {
    ...(has('accept') ? {} : { Accept: 'application/json, */*;q=0.8' }),
    ...(body === null || body.contentType === null || has('content-type') ? {} : { 'Content-Type': body.contentType }),
    ...Object.fromEntries(own),
    ...(carriesCredential ? grant.headers : {}),
  };
}

function assertOwnHeaders(call: ApiCall, grant: Grant): void {
  const set = Object.keys(grant.headers).map((name) => name.toLowerCase());
  const taken = Object.keys(call.headers).find((name) => set.includes(name.toLowerCase()));
  if (taken !== undefined) throw invalid(`The header "${taken}" carries the credential, so that it cannot be set here`);
}

/** The cause is left out: it carries the request, and with it the client's token. */
function unanswered(url: URL, error: unknown): BrokerError {
  return new BrokerError(`${url.origin} cannot be reached: ${connectionErrorInWords(error)}`, {
    reasonCode: 'api_unreachable',
  });
}
