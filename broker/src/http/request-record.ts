import type { NextFunction, Request, Response } from 'express';
import type { Problem } from '../errors/problem';
import type { Logger } from '../log/logger';
import type { Caller } from '../services/access/principal';
import { callerOf, type AddressOf } from './caller';

/** What the broker keeps with a request while it lasts. */
export interface Locals {
  caller: Caller;
  /** The route's pattern, once there is one. */
  route?: string;
  /** Set once the request was counted against its key. */
  counted?: boolean;
  /** At the token endpoint: what OAuth calls the client, as it was sent. */
  tokenClient?: string | null;
  /** Where problems are not told as everywhere else. */
  sendProblem?: (response: Response, problem: Problem, requestId: string) => void;
}
export const localsOf = (response: Response) => response.locals as Locals;

/** Names the request, and writes one line when it is over: names and numbers only. */
export function record(log: Logger, addressOf: AddressOf) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const startedAt = performance.now();
    const caller = callerOf(request, addressOf);
    localsOf(response).caller = caller;
    response.once('close', () => {
      log.request({
        requestId: caller.requestId,
        method: request.method,
        route: localsOf(response).route ?? 'none',
        status: response.statusCode,
        finished: response.writableFinished,
        durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
        address: caller.address,
      });
    });
    next();
  };
}
