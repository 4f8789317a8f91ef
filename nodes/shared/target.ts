import type { IHttpRequestOptions } from 'n8n-workflow';

import { BrokerError } from './broker-error';

/** The HTTP Request node still speaks n8n's older dialect. */
export interface OutgoingRequest extends IHttpRequestOptions {
  uri?: string;
  rejectUnauthorized?: boolean;
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
  if (isLoopback(host) && !request.proxy) return;
  if (target.protocol !== 'https:') throw refused(`This credential must not be sent to ${host} without https`);
  // Without certificates a proxy, which any workflow may name, could read the credential.
  if (request.rejectUnauthorized === false || request.skipSslCertificateValidation === true) {
    throw refused(`This credential must not be sent to ${host} with "Ignore SSL Issues" switched on`);
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
