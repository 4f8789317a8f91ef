import type { Request, Response } from 'express';
import { rateLimit, type RateLimitRequestHandler } from 'express-rate-limit';
import { Problem } from '../errors/problem';
import type { Caller, Principal } from '../services/access/principal';

export interface Limits {
  /** Counts a request of somebody recognised against his own key. Throws Problem `rate_limited`. */
  countKey(request: Request, response: Response, principal: Principal): Promise<void>;
  /** Counts a request without a valid key against its address: only failures and public pages count there. */
  countAddress(request: Request, response: Response, caller: Caller): Promise<void>;
}

const WINDOW_MS = 60_000;
const PER_ADDRESS = 60;

/**
 * Each process counts for itself and allows a key its share: the whole divided by `share`, the processes that serve, and never less
 * than 1. The RateLimit headers tell of this process, so that whoever keeps to them is never refused by it.
 *
 * A valid key is never refused because of others' failures: recognised callers are counted by key, all others by address, after and
 * not before they were recognised.
 */
export function createLimits(perKeyPerMinute: number, share: () => number): Limits {
  const shareOf = (whole: number): number => Math.max(1, Math.floor(whole / share()));
  const keys = limiter((_request, response) => shareOf(locals(response).ratePerMinute ?? perKeyPerMinute));
  const addresses = limiter(() => PER_ADDRESS);
  return {
    countKey: (request, response, { actor, ratePerMinute }) => {
      Object.assign(response.locals, { bucket: actor, ratePerMinute });
      return count(keys, request, response);
    },
    countAddress: (request, response, { address }) => {
      Object.assign(response.locals, { bucket: address ?? 'unknown' });
      return count(addresses, request, response);
    },
  };
}

const locals = (response: Response) => response.locals as { bucket?: string; ratePerMinute?: number | null };

function limiter(limit: (request: Request, response: Response) => number): RateLimitRequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit,
    keyGenerator: (_request, response) => locals(response).bucket ?? 'unknown',
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_request, response, next) => {
      const retryAfterSeconds = Number(response.getHeader('Retry-After') ?? 60);
      next(
        new Problem('rate_limited', `Too many requests in this minute. Try again in ${retryAfterSeconds} s.`, {
          extras: { retryAfterSeconds },
        }),
      );
    },
  });
}

function count(limit: RateLimitRequestHandler, request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    void limit(request, response, (problem?: unknown) => {
      if (problem instanceof Error) reject(problem);
      else resolve();
    });
  });
}
