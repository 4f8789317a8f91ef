import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { IDataObject, IHttpRequestHelper, IHttpRequestOptions } from 'n8n-workflow';

import type { Grant } from '../../nodes/shared/contract';

export const INTERNAL_TOKEN = 'internal-token-0123456789abcdef0123456789';

export interface Received {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: IDataObject;
}

export interface Scripted {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

/** A server that speaks for the broker: it answers `POST /v1/grants` with what `next` says, and keeps what it got. */
export async function brokerStandIn(next: (request: Received) => Scripted) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const body = (text === '' ? {} : JSON.parse(text)) as IDataObject;
      const entry = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
      received.push(entry);
      const answer = next(entry);
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

export function grantFor(fields: Partial<Grant> & { token?: string } = {}): Grant {
  const { token = 'access-1', ...rest } = fields;
  return {
    clientId: 'acme',
    service: 'google',
    name: 'default',
    connectionId: 'c-1',
    kind: 'oauth2',
    status: 'active',
    accessToken: token,
    tokenType: 'Bearer',
    expiresAt: '2026-11-20T10:00:00Z',
    scopes: ['read'],
    account: { id: '7', label: 'acme@example.com' },
    headers: { Authorization: `Bearer ${token}` },
    baseUrl: null,
    allowedHosts: ['googleapis.com'],
    generation: 1,
    fingerprint: fingerprintOf(token),
    ...rest,
  };
}

export function fingerprintOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url').slice(0, 22);
}

export function problem(status: number, code: string, more: IDataObject = {}): Scripted {
  return { status, body: { status, title: 'A title', detail: 'A detail.', code, requestId: 'req-1', ...more } };
}

export const ok = (body: unknown): Scripted => ({ status: 200, body });

/** n8n's `helpers.httpRequest`, as far as the package uses it, over a real connection. */
export async function httpRequest(options: IHttpRequestOptions): Promise<unknown> {
  const { method = 'GET', url, headers, body, timeout } = options;
  const response = await fetch(url, {
    method,
    headers: {
      ...(options.json === true ? { 'content-type': 'application/json' } : {}),
      ...(headers as Record<string, string>),
    },
    redirect: options.disableFollowRedirect === true ? 'manual' : 'follow',
    ...(body === undefined ? {} : { body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body) }),
    ...(timeout === undefined ? {} : { signal: AbortSignal.timeout(timeout) }),
  }).catch((error: Error & { cause?: { code?: string } }) => {
    // As axios, whose errors carry the code and the whole request.
    throw Object.assign(new Error(`connect ${error.cause?.code}`), { code: error.cause?.code, config: options });
  });
  const answer = {
    statusCode: response.status,
    statusMessage: response.statusText,
    headers: Object.fromEntries(response.headers),
  };
  if (options.encoding === 'arraybuffer') return { ...answer, body: Buffer.from(await response.arrayBuffer()) };
  const text = await response.text();
  const parsed: unknown = isJson(text) ? JSON.parse(text) : text;
  if (!response.ok && options.ignoreHttpStatusErrors !== true) throw new Error(`status ${response.status}`);
  return { ...answer, body: parsed };
}

function isJson(text: string): boolean {
  return text.startsWith('{') || text.startsWith('[');
}

export const helper = { helpers: { httpRequest } } as unknown as IHttpRequestHelper;

export function credentialFields(apiUrl: string, fields: IDataObject = {}) {
  return {
    apiUrl,
    internalToken: INTERNAL_TOKEN,
    clientId: 'acme',
    service: 'google',
    connectionName: 'default',
    session: '',
    ...fields,
  };
}
