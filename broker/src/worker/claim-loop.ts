import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../db/database';
import type { Logger } from '../log/logger';
import { claimDue, type ClaimedConnection } from '../repositories/refresh-claims';
import type { AttemptClock } from '../services/refresh/attempt';
import { soonest } from '../services/refresh/soonest';

export interface ClaimLoop {
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
const GATHER_MS = 10;

/** Claims as much as can be sent now, sends it, and looks again when an attempt has ended, when woken, or after `idleMs`. */
export function startClaimLoop({ database, workerNumber, refresh, limits, log }: ClaimLoopParts): ClaimLoop {
  const inFlight: Record<string, number> = {};
  const attempts = new Set<Promise<void>>();
  let stopping = false;
  let wake: () => void = () => undefined;

  const start = (claim: ClaimedConnection, clock: AttemptClock): void => {
    const app = claim.app.id;
    inFlight[app] = (inFlight[app] ?? 0) + 1;
    const attempt = refresh(claim, clock)
      .catch((error: unknown) => {
        // Its lease runs out and the sweep takes it up.
        log.error('an attempt could not be ended', { connectionId: claim.id, error: (error as Error).message });
      })
      .finally(() => {
        attempts.delete(attempt);
        const left = (inFlight[app] ?? 1) - 1;
        if (left > 0) inFlight[app] = left;
        else Reflect.deleteProperty(inFlight, app);
        wake();
      });
    attempts.add(attempt);
  };

  const claim = async (number: number): Promise<number> => {
    const limit = Math.min(MAX_CLAIM, limits.inFlight - attempts.size);
    if (limit <= 0) return 0;
    const askedAtMs = performance.now();
    const { perApp, leaseMs } = limits;
    const request = {
      workerNumber: number,
      leaseSeconds: leaseMs / 1_000,
      limit,
      perApp,
      inFlight,
      firstApp: randomUUID(),
    };
    const claims = await claimDue(database, request);
    const claimedAtMs = performance.now();
    for (const claimed of claims) start(claimed, attemptClock(claimed.startedAt, { askedAtMs, claimedAtMs, leaseMs }));
    return claims.length;
  };

  const run = async (): Promise<void> => {
    while (!stopping) {
      const woken = new Promise<void>((resolve) => (wake = resolve));
      const number = workerNumber();
      const claimed = number === null ? 0 : await claim(number).catch((error: unknown) => noClaim(log, error));
      const backlog = claimed > 0;
      if (claimed === MAX_CLAIM) continue;
      // With more to do than slots, several slots are let free up, so that they share a claim and later a commit.
      await (backlog ? delay(GATHER_MS) : soonest(woken, limits.idleMs));
    }
  };

  const running = run();
  return {
    wake: () => {
      wake();
    },
    stop: async (drainMs) => {
      stopping = true;
      wake();
      await running;
      await soonest(Promise.all(attempts), drainMs);
    },
  };
}

/** The lease counts from before the claim was sent, the time from after it came back: both to the safe side. */
function attemptClock(
  startedAt: Date,
  { askedAtMs, claimedAtMs, leaseMs }: Record<'askedAtMs' | 'claimedAtMs' | 'leaseMs', number>,
): AttemptClock {
  return {
    now: () => new Date(startedAt.getTime() + performance.now() - claimedAtMs),
    leaseLeftMs: () => leaseMs - (performance.now() - askedAtMs),
  };
}

function noClaim(log: Logger, error: unknown): number {
  log.warn('cannot claim what is due', { error: (error as Error).message });
  return 0;
}
