import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../db/database';
import type { Logger } from '../log/logger';
import { claimDue, type ClaimedConnection } from '../repositories/refresh-claims';
import { takeBackAttempts } from '../repositories/refresh-sweeps';
import type { AttemptClock } from '../services/refresh/attempt';
import { soonest } from '../services/refresh/soonest';
import { createTokenBuckets } from './token-buckets';

export interface ClaimLoop {
  /** The worker goes on under that number: what is in flight is its own again, unless somebody has claimed it meanwhile. */
  takeBack(workerNumber: number): Promise<void>;
  /** Something may be due now. */
  wake(): void;
  /** Claims no more; resolves when what is in flight has ended, or after that many milliseconds. */
  stop(drainMs: number): Promise<void>;
}

export interface ClaimLoopParts {
  database: Database;
  /** Null: claim nothing now. */
  workerNumber: () => number | null;
  refresh: (claim: ClaimedConnection, clock: AttemptClock) => Promise<void>;
  limits: { perApp: number; inFlight: number; leaseMs: number; idleMs: number };
  log: Logger;
}

/** So many connections in one claim: more would hold their leases while they wait for this process's own turn. */
const MAX_CLAIM = 200;
/** Of all places: what one claim takes at most, and what an organization may have before nothing more of it is claimed. */
const SHARE = { claim: 0.2, organization: 0.6 };
const GATHER_MS = 10;

/** Claims as much as can be sent now, sends it, and looks again when an attempt has ended, when woken, or after `idleMs`. */
export function startClaimLoop({ database, workerNumber, refresh, limits, log }: ClaimLoopParts): ClaimLoop {
  const inFlight: Record<string, number> = {};
  const buckets = createTokenBuckets(() => performance.now());
  const attempts = new Map<ClaimedConnection, Promise<void>>();
  const maxClaim = Math.min(MAX_CLAIM, Math.ceil(limits.inFlight * SHARE.claim));
  let stopping = false;
  let drained = false;
  let wake: () => void = () => undefined;

  const start = (claim: ClaimedConnection, clock: AttemptClock): void => {
    const app = claim.app.id;
    inFlight[app] = (inFlight[app] ?? 0) + 1;
    buckets.take(app, claim.provider.maxPerMinute);
    const attempt = refresh(claim, clock)
      .catch((error: unknown) => {
        // Its lease runs out and the sweep takes it up.
        log.error('an attempt could not be ended', { connectionId: claim.id, error: (error as Error).message });
      })
      .finally(() => {
        attempts.delete(claim);
        const left = (inFlight[app] ?? 1) - 1;
        if (left > 0) inFlight[app] = left;
        else Reflect.deleteProperty(inFlight, app);
        wake();
      });
    attempts.set(claim, attempt);
  };

  const claim = async (number: number): Promise<number> => {
    const limit = Math.min(maxClaim, limits.inFlight - attempts.size);
    if (limit <= 0) return 0;
    const askedAtMs = performance.now();
    const { perApp, leaseMs } = limits;
    const request = {
      workerNumber: number,
      leaseSeconds: leaseMs / 1_000,
      limit,
      perApp,
      inFlight,
      spent: buckets.spent(),
      crowding: crowdingIn([...attempts.keys()], limits.inFlight * SHARE.organization),
      firstApp: randomUUID(),
    };
    const claims = await claimDue(database, request);
    const claimedAtMs = performance.now();
    // Who has lost its session may have been given up for dead, and who leaves hears no answer: then nothing is sent any more.
    const isHeld = (): boolean => workerNumber() === number && !drained;
    for (const claimed of claims)
      start(claimed, attemptClock(claimed.startedAt, { askedAtMs, claimedAtMs, leaseMs, isHeld }));
    return claims.length;
  };

  const run = async (): Promise<void> => {
    while (!stopping) {
      const woken = new Promise<void>((resolve) => (wake = resolve));
      const number = workerNumber();
      const claimed = number === null ? 0 : await claim(number).catch((error: unknown) => noClaim(log, error));
      const backlog = claimed > 0;
      if (claimed === maxClaim) continue;
      // With more to do than slots, several slots are let free up, so that they share a claim and later a commit.
      await (backlog ? delay(GATHER_MS) : soonest(woken, limits.idleMs));
    }
  };

  const running = run();
  return {
    takeBack: async (number) => {
      const own = [...attempts.keys()].map(({ id: connectionId, attemptId }) => ({ connectionId, attemptId }));
      if (own.length > 0) await takeBackAttempts(database, number, own, limits.leaseMs / 1_000);
    },
    wake: () => {
      wake();
    },
    stop: async (drainMs) => {
      stopping = true;
      wake();
      // A claim may be under way, and a database that hangs never answers it.
      await soonest(
        running.then(() => Promise.all(attempts.values())),
        drainMs,
      );
      drained = true;
    },
  };
}

/** However many apps it has and however slowly their providers answer, one organization leaves places to the others. */
function crowdingIn(claims: readonly ClaimedConnection[], most: number): string[] {
  const counts = new Map<string, number>();
  for (const { organizationId } of claims) counts.set(organizationId, (counts.get(organizationId) ?? 0) + 1);
  return [...counts].filter(([, count]) => count >= most).map(([organizationId]) => organizationId);
}

interface Lease {
  askedAtMs: number;
  claimedAtMs: number;
  leaseMs: number;
  isHeld: () => boolean;
}

/** The lease counts from before the claim was sent, the time from after it came back: both to the safe side. */
function attemptClock(startedAt: Date, { askedAtMs, claimedAtMs, leaseMs, isHeld }: Lease): AttemptClock {
  return {
    now: () => new Date(startedAt.getTime() + performance.now() - claimedAtMs),
    leaseLeftMs: () => (isHeld() ? leaseMs - (performance.now() - askedAtMs) : 0),
  };
}

function noClaim(log: Logger, error: unknown): number {
  log.warn('cannot claim what is due', { error: (error as Error).message });
  return 0;
}
