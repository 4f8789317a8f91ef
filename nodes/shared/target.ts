import type { IHttpRequestOptions } from 'n8n-workflow';

import { BrokerError } from './broker-error';

/** The HTTP Request node still speaks n8n's older dialect. */
export interface OutgoingRequest extends Omit<IHttpRequestOptions, 'agentOptions'> {
  uri?: string;
  rejectUnauthorized?: boolean;
  agentOptions?: { ca?: unknown; rejectUnauthorized?: boolean; checkServerIdentity?: unknown };
}

/** The URL that n8n will dial for this request. */
export function targetOf({ url, uri, baseURL }: OutgoingRequest): URL {
  const given = String(url ?? uri ?? '');
  const isAbsolute = /^([a-z][a-z\d+\-.]*:)?\/\//i.test(given);
  const full = isAbsolute || !baseURL ? given : `${baseURL.replace(/\/+$/, '')}/${given.replace(/^\/+/, '')}`;
  if (!URL.canParse(full)) throw refused(`"${given}" is not a complete URL`);
  return new URL(full);
}

/**
 * Refuses, before anything is sent, a request that would carry the credential to a host it is not meant for.
 *
 * @param allowedHosts hosts and their subdomains; null: any host, by https
 */
export function assertMayReceive(target: URL, request: OutgoingRequest, allowedHosts: string[] | null): void {
  const host = target.hostname;
  if (allowedHosts !== null && !allowedHosts.some((allowed) => isWithin(host, allowed.toLowerCase()))) {
    throw refused(
      `This credential must not be sent to ${host}: its service allows only ${allowedHosts.join(', ') || 'no host at all'}`,
    );
  }
  assertOwnHost(target, request);
  if (isLoopback(host) && !request.proxy) return;
  if (target.protocol !== 'https:') throw refused(`This credential must not be sent to ${host} without https`);
  assertCertificate(host, request);
}

/** The same for the internal token, whose broker n8n reaches without https as a rule: a proxy would read it. */
export function assertReachesBroker(target: URL, request: OutgoingRequest): void {
  assertOwnHost(target, request);
  if (request.proxy) throw refused('The internal token must not be sent through the "Proxy" of a node');
  assertCertificate(target.hostname, request);
}

/** What answers for several hosts, such as an ingress or a CDN, goes by this header and not by the URL. */
function assertOwnHost({ host }: URL, { headers = {} }: OutgoingRequest): void {
  const foreign = Object.entries(headers).find(
    ([name, value]) => name.toLowerCase() === 'host' && String(value).toLowerCase() !== host,
  );
  if (foreign)
    throw refused(`This credential must not be sent with the header "Host: ${String(foreign[1])}" to ${host}`);
}

/** Without the certificate of the host itself a proxy, which any workflow may name, could read the credential. */
function assertCertificate(host: string, request: OutgoingRequest): void {
  const { agentOptions, proxy, rejectUnauthorized, skipSslCertificateValidation } = request;
  const isIgnored = [rejectUnauthorized, agentOptions?.rejectUnauthorized].includes(false);
  if (isIgnored || skipSslCertificateValidation === true || agentOptions?.checkServerIdentity !== undefined) {
    throw refused(`This credential must not be sent to ${host} with "Ignore SSL Issues" switched on`);
  }
  if (proxy && agentOptions?.ca !== undefined) {
    throw refused(`This credential must not be sent to ${host} with both "Proxy" and a CA of "SSL Certificates"`);
  }
}

function isWithin(host: string, allowed: string): boolean {
  return host === allowed || host.endsWith(`.${allowed}`);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function refused(message: string): BrokerError {
  return new BrokerError(message, { reasonCode: 'target_refused' });
}
