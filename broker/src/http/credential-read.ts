import type { NextFunction, Request, Response } from 'express';
import type { Authenticator } from '../services/access/authenticate';
import type { Caller, Principal } from '../services/access/principal';
import type { PreparedAnswer } from '../services/credentials/prepared-answer';
import type { ReadRemembered } from '../services/credentials/read-remembered';
import { createAnswerBuffers, type AnswerBuffers } from './answer-buffers';
import type { Hit, Limits } from './limits';
import { grantIn, plainUrl, type PlainRequest } from './plain-request';
import { localsOf } from './request-record';
import { GRANT_ROUTE, READ_ROUTE } from './routes/credentials';
import { SECURITY_HEADERS, setUsualHeaders } from './security-headers';

export interface CredentialReadParts {
  authenticator: Authenticator;
  limits: Limits;
  readRemembered: ReadRemembered;
  isHidden: (request: Request) => boolean;
}

/**
 * The read that workflows make all day, by the shortest way: from a plain request, a key and a credential that this process remembers, to the
 * bytes of the answer. Whatever is not so goes on to the general chain, where the same routes answer in full. By what they decide, send
 * and record the two cannot be told apart.
 */
export function createCredentialRead({ authenticator, limits, readRemembered, isHidden }: CredentialReadParts) {
  const buffers = createAnswerBuffers();

  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    const locals = localsOf(response);
    const { caller } = locals;
    const route = routeOf(request);
    const principal = route === null || isHidden(request) ? null : authenticator.recall(caller.presented);
    const find = (plain: PlainRequest | null): Found | null => {
      const answer = plain && principal && readRemembered.find(principal, plain.request);
      return answer && { ...plain, principal, answer };
    };
    const found =
      principal === null ? null : route === READ_ROUTE ? find(plainUrl(request.url)) : await grantIn(request, find);
    if (found === null || route === null) {
      next();
      return;
    }

    locals.route = route;
    locals.counted = true;
    const limit = await limits.hit(found.principal);
    const bytes = buffers.lend(found.answer.length);
    let lent = true;
    try {
      if (limit.problem !== null) throw limit.problem;
      if (await readRemembered.release({ ...caller, ...found.workflow }, found, bytes)) {
        lent = !send(response, { caller, limit, bytes, buffers });
        return;
      }
    } catch (error) {
      setUsualHeaders(response, caller);
      setLimitHeaders(response, limit);
      throw error;
    } finally {
      if (lent) buffers.takeBack(bytes);
    }
    // What was remembered is not true any more: the general chain finds out what is.
    authenticator.forget(caller.presented, found.principal);
    setLimitHeaders(response, limit);
    request.body = found.body;
    next();
  };
}

/** A read of which everything is at hand. */
interface Found extends PlainRequest {
  principal: Principal;
  answer: PreparedAnswer;
}

function routeOf({ method, url }: Request): string | null {
  if (method === 'GET') return url.startsWith('/v1/credentials/') ? READ_ROUTE : null;
  return method === 'POST' && url === GRANT_ROUTE ? GRANT_ROUTE : null;
}

interface Sending {
  caller: Caller;
  limit: Hit;
  bytes: Buffer;
  buffers: AnswerBuffers;
}

/** Sends the answer, and takes its memory back when it has left or the connection is gone. false: there is nobody to send it to. */
function send(response: Response, { caller, limit: { headers }, bytes, buffers }: Sending): boolean {
  if (response.destroyed) {
    response.end(); // nobody hears it but the door: the work for him is done
    return false;
  }
  response.writeHead(200, [
    ...SECURITY_HEADERS,
    ...['X-Request-Id', caller.requestId],
    ...['RateLimit', headers.RateLimit, 'RateLimit-Policy', headers['RateLimit-Policy']],
    ...['Cache-Control', 'no-store'],
    ...['Content-Type', 'application/json; charset=utf-8', 'Content-Length', String(bytes.length)],
  ]);
  // Not before: what throws up to here, the caller takes back, and taken back twice one memory would be lent to two.
  response.once('close', () => buffers.takeBack(bytes));
  response.end(bytes);
  return true;
}

function setLimitHeaders(response: Response, { headers }: Hit): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}
