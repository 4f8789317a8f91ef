import type { NextFunction, Request, Response } from 'express';
import type { Authenticator } from '../services/access/authenticate';
import type { Caller } from '../services/access/principal';
import type { ReadRemembered } from '../services/credentials/read-remembered';
import type { CredentialRequest } from '../services/credentials/serve-credential';
import { createAnswerBuffers, type AnswerBuffers } from './answer-buffers';
import { CLIENT_ID, SERVICE_NAME } from './fields';
import type { Hit, Limits } from './limits';
import { localsOf } from './request-record';
import { SECURITY_HEADERS, setUsualHeaders } from './security-headers';

export interface CredentialReadParts {
  authenticator: Authenticator;
  limits: Limits;
  readRemembered: ReadRemembered;
  isHidden: (request: Request) => boolean;
}

/** As the general chain names it in the request record. */
const ROUTE = '/v1/credentials/:clientId/:service';

/**
 * The read that workflows make all day, by the shortest way: from a plain URL, a key and a credential that this process remembers, to the
 * bytes of the answer. Whatever is not so goes on to the general chain, where the same route answers in full. By what they decide, send
 * and record the two cannot be told apart.
 */
export function createCredentialRead({ authenticator, limits, readRemembered, isHidden }: CredentialReadParts) {
  const buffers = createAnswerBuffers();

  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    const asked = request.method === 'GET' ? plainlyAsked(request.url) : null;
    const locals = localsOf(response);
    const { caller } = locals;
    const principal = asked && !isHidden(request) ? authenticator.recall(caller.presented) : null;
    const answer = asked && principal && readRemembered.find(principal, asked);
    if (answer === null || asked === null || principal === null) {
      next();
      return;
    }

    locals.route = ROUTE;
    locals.counted = true;
    const { headers, problem } = await limits.hit(principal);
    const bytes = buffers.lend(answer.length);
    let lent = true;
    try {
      if (problem !== null) throw problem;
      if (await readRemembered.release(caller, principal, asked, answer, bytes)) {
        lent = !send(response, { caller, headers, bytes, buffers });
        return;
      }
      authenticator.forget(caller.presented, principal);
      setLimitHeaders(response, headers);
    } catch (error) {
      setUsualHeaders(response, caller);
      setLimitHeaders(response, headers);
      throw error;
    } finally {
      if (lent) buffers.takeBack(bytes);
    }
    next();
  };
}

const PLAIN = new RegExp(`^/v1/credentials/(${inside(CLIENT_ID)})/(${inside(SERVICE_NAME)})$`);

function inside({ source }: RegExp): string {
  return source.slice('^'.length, -'$'.length);
}

/** What a URL without escapes and parameters asks for: exactly what the route's schemas would make of it. null: any other URL. */
export function plainlyAsked(url: string): CredentialRequest | null {
  const [, clientId, service] = PLAIN.exec(url) ?? [];
  if (clientId === undefined || service === undefined) return null;
  return { clientId, service, name: 'default', minTtlSeconds: null, rejected: null };
}

interface Sending {
  caller: Caller;
  headers: Hit['headers'];
  bytes: Buffer;
  buffers: AnswerBuffers;
}

/** Sends the answer, and takes its memory back when it has left or the connection is gone. false: there is nobody to send it to. */
function send(response: Response, { caller, headers, bytes, buffers }: Sending): boolean {
  if (response.destroyed) return false;
  response.once('close', () => buffers.takeBack(bytes));
  response.writeHead(200, [
    ...SECURITY_HEADERS,
    ...['X-Request-Id', caller.requestId],
    ...['RateLimit', headers.RateLimit, 'RateLimit-Policy', headers['RateLimit-Policy']],
    ...['Cache-Control', 'no-store'],
    ...['Content-Type', 'application/json; charset=utf-8', 'Content-Length', String(bytes.length)],
  ]);
  response.end(bytes);
  return true;
}

function setLimitHeaders(response: Response, headers: Hit['headers']): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}
