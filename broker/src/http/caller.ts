import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import ipaddr from 'ipaddr.js';
import type { Caller, Presented } from '../services/access/principal';

/** Who asks, taken from the request and believed nowhere yet. */
export function callerOf(request: Request, addressOf: AddressOf): Caller {
  return {
    presented: presentedBy(request),
    address: addressOf(request),
    userAgent: request.headers['user-agent']?.slice(0, 200) ?? null,
    requestId: randomUUID(),
    workflowId: idIn(request.headers['x-n8n-workflow-id']),
    executionId: idIn(request.headers['x-n8n-execution-id']),
  };
}

export type AddressOf = (request: Request) => string | null;

const MOST_SPELLINGS = 10_000;

/** One form for each address, so that no other spelling gets a bucket or a history of its own; remembered, since few callers ask often. */
export function createAddressOf({ behindProxy }: { behindProxy: boolean }): AddressOf {
  const normal = new Map<string, string>();
  return (request) => {
    // Without a proxy that is trusted, Express too takes the socket's.
    const spelled = behindProxy ? request.ip : request.socket.remoteAddress;
    if (spelled === undefined) return null;
    const known = normal.get(spelled);
    if (known !== undefined) return known;
    if (normal.size >= MOST_SPELLINGS) normal.clear();
    const address = ipaddr.isValid(spelled) ? ipaddr.process(spelled).toString() : null;
    // What a proxy passes on may be anything, of any length.
    if (address !== null) normal.set(spelled, address);
    return address;
  };
}

// RFC 6750 section 2.1, in the header only. Of two headers Node keeps the first silently; which one was meant is not ours to guess.
function presentedBy({ headers, rawHeaders }: Request): Presented | null {
  const { authorization } = headers;
  if (authorization === undefined || countOf('authorization', rawHeaders) !== 1) return null;
  const [, token] = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization) ?? [];
  return token === undefined ? null : { kind: 'bearer', token };
}

/** How often a header was sent. `name` in lower case. */
export function countOf(name: string, rawHeaders: readonly string[]): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const raw = rawHeaders[at];
    if (raw?.length === name.length && raw.toLowerCase() === name) count++;
  }
  return count;
}

/** For the audit alone, so what is no id is left out rather than refused. */
function idIn(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\x21-\x7e]{1,64}$/.test(header) ? header : undefined;
}
