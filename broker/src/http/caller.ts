import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import ipaddr from 'ipaddr.js';
import type { Caller, Presented } from '../services/access/principal';

/** Who asks, taken from the request and believed nowhere yet. */
export function callerOf(request: Request): Caller {
  return {
    presented: presentedBy(request),
    address: addressOf(request),
    userAgent: request.get('user-agent')?.slice(0, 200) ?? null,
    requestId: randomUUID(),
  };
}

/** One form for each address, so that no other spelling gets a bucket or a history of its own. */
function addressOf(request: Request): string | null {
  return request.ip !== undefined && ipaddr.isValid(request.ip) ? ipaddr.process(request.ip).toString() : null;
}

// RFC 6750 section 2.1, in the header only. Of two headers Node keeps the first silently; which one was meant is not ours to guess.
function presentedBy(request: Request): Presented | null {
  const headers = request.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'authorization');
  if (headers.length !== 1) return null;
  const [, token] = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(request.get('authorization') ?? '') ?? [];
  return token === undefined ? null : { kind: 'bearer', token };
}
