import { hash } from 'node:crypto';
import type { Request, Response } from 'express';
import { MemoryStore, rateLimit, type RateLimitRequestHandler, type Store } from 'express-rate-limit';
import { Problem } from '../errors/problem';
import { bucketOfAddress, bucketOfKey, PER_KEY_ID, type Bucket, type Failures } from '../services/access/failures';
import type { Caller, Principal } from '../services/access/principal';

export interface Limits {
  /** Counts a request of somebody recognised against his own key. Throws Problem `rate_limited`. */
  countKey(request: Request, response: Response, principal: Principal): Promise<void>;
  /** The same count with the same outcome, for a route that sends its headers itself. Throws nothing. */
  hit(principal: Principal): Promise<Hit>;
  /** Counts a request of a public page, or without a valid key, against its address, in all processes together. Throws `rate_limited`. */
  countAddress(request: Request, response: Response, caller: Caller): Promise<void>;
  /** The same for somebody whose key is not valid, whom it counts against the key that he named too. */
  countFailure(request: Request, response: Response, caller: Caller): Promise<void>;
}

export interface Hit {
  /** The RateLimit headers of this moment. */
  headers: { RateLimit: string; 'RateLimit-Policy': string };
  /** Problem `rate_limited`, or null: the request may go on. */
  problem: Problem | null;
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
export function createLimits(perKeyPerMinute: number, share: () => number, failures: Failures): Limits {
  const shareOf = (whole: number): number => Math.max(1, Math.floor(whole / share()));
  const counts = new MemoryStore();
  const keys = limiter((_request, response) => shareOf(locals(response).ratePerMinute ?? perKeyPerMinute), counts);
  const addresses = limiter(() => PER_ADDRESS, together(failures));
  const countAddress: Limits['countAddress'] = (request, response, caller) => {
    Object.assign(response.locals, { bucket: bucketOfAddress(caller) });
    return count(addresses, request, response);
  };
  const partitions = createPartitions();
  return {
    countAddress,
    countFailure: async (request, response, caller) => {
      const named = bucketOfKey(caller);
      const fill = named && failures.count(named);
      // Of a key that was valid a moment ago its own headers would tell.
      response.removeHeader('RateLimit');
      response.removeHeader('RateLimit-Policy');
      await countAddress(request, response, caller);
      if (fill !== null && fill.count > PER_KEY_ID) throw tooMany(Math.ceil(fill.endsInMs / 1_000));
    },
    countKey: (request, response, { actor, ratePerMinute }) => {
      Object.assign(response.locals, { bucket: actor, ratePerMinute });
      return count(keys, request, response);
    },
    hit: async ({ actor, ratePerMinute }) => {
      const { totalHits, resetTime } = await counts.increment(actor);
      const limit = shareOf(ratePerMinute ?? perKeyPerMinute);
      const seconds = Math.max(0, Math.ceil(((resetTime?.getTime() ?? 0) - Date.now()) / 1_000));
      return {
        headers: {
          RateLimit: `"${limit}-in-1min"; r=${Math.max(0, limit - totalHits)}; t=${seconds}`,
          'RateLimit-Policy': `"${limit}-in-1min"; q=${limit}; w=60; pk=:${partitions(actor)}:`,
        },
        problem: totalHits > limit ? tooMany(seconds) : null,
      };
    },
  };
}

const locals = (response: Response) => response.locals as { bucket?: string; ratePerMinute?: number | null };

const MOST_PARTITIONS = 20_000;

/** How express-rate-limit names a key to its holder without telling it: made once for each key. */
function createPartitions(): (actor: string) => string {
  const known = new Map<string, string>();
  return (actor) => {
    const remembered = known.get(actor);
    if (remembered !== undefined) return remembered;
    if (known.size >= MOST_PARTITIONS) known.clear();
    const partition = Buffer.from(hash('sha256', actor).slice(0, 12)).toString('base64');
    known.set(actor, partition);
    return partition;
  };
}

/** The counts of those without a key, as express-rate-limit keeps counts. */
function together(failures: Failures): Store {
  return {
    increment: (bucket) => {
      const { count: totalHits, endsInMs } = failures.count(bucket as Bucket);
      return { totalHits, resetTime: new Date(Date.now() + endsInMs) };
    },
    decrement: () => undefined,
    resetKey: () => undefined,
  };
}

function limiter(limit: (request: Request, response: Response) => number, store: Store): RateLimitRequestHandler {
  return rateLimit({
    store,
    windowMs: WINDOW_MS,
    limit,
    keyGenerator: (_request, response) => locals(response).bucket ?? 'unknown',
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_request, response, next) => {
      next(tooMany(Number(response.getHeader('Retry-After') ?? 60)));
    },
  });
}

function tooMany(retryAfterSeconds: number): Problem {
  return new Problem('rate_limited', `Too many requests in this minute. Try again in ${retryAfterSeconds} s.`, {
    extras: { retryAfterSeconds },
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
