import { setTimeout as delay } from 'node:timers/promises';
import { connectSession, endSession } from '../db/database';
import type { Logger } from '../log/logger';
import { becomeWorker } from '../repositories/workers';

/** What a worker is while its session lives: a number whose lock tells all others that its attempts are in good hands. */
export interface Identity {
  /** Null while there is no session: nothing may be claimed then. */
  number(): number | null;
  /** For how long it has had that session, in milliseconds. */
  heldForMs(): number;
  close(): Promise<void>;
}

export interface IdentityParts {
  databaseUrl: string;
  /** Under a number after the first, before anything is claimed under it. */
  onRenewed: (number: number) => Promise<void>;
  /** Something was made due, or the worker has a new number. */
  onWake: () => void;
  log: Logger;
}

const RECONNECT_MS = 250;

/**
 * Holds the worker's lock and listens, on a session of its own. When that drops, the lock is gone and the attempts in flight count
 * as abandoned, so the worker goes on with a new number and takes them back. Resolves with the first one; throws if it cannot be had.
 */
export async function takeIdentity({ databaseUrl, onRenewed, onWake, log }: IdentityParts): Promise<Identity> {
  const stop = new AbortController();
  let drop: () => void = () => undefined;
  let current: number | null = null;
  let heldSinceMs = 0;

  /** Resolves with the session's end, once it has begun. */
  const begin = async (renewed: boolean): Promise<{ ended: Promise<void> }> => {
    const session = await connectSession(databaseUrl, 'otobot_refresh');
    const dropped = new Promise<void>((resolve) => {
      drop = resolve;
      session.on('error', drop).on('end', drop).on('notification', onWake);
    });
    if (stop.signal.aborted) drop();
    const end = async (): Promise<void> => {
      current = null;
      await endSession(session);
    };
    try {
      const number = await Promise.race([becomeWorker(session), dropped.then(sessionGone)]);
      log.info('working', { workerNumber: number });
      // Within the two seconds for which a swept attempt is left alone, so that a session that was cut costs no second request.
      if (renewed) await onRenewed(number);
      current = number;
      heldSinceMs = performance.now();
    } catch (error) {
      await end();
      throw error;
    }
    onWake();
    return { ended: dropped.then(end) };
  };

  const keepOn = async (first: Promise<void>): Promise<void> => {
    await first;
    while (!stop.signal.aborted) {
      log.warn('the session of this worker is gone, so it claims nothing until it has another');
      await delay(RECONNECT_MS, undefined, { signal: stop.signal }).catch(() => undefined);
      await begin(true)
        .then(({ ended }) => ended)
        .catch(() => undefined); // tried again, and told of again
    }
  };

  const kept = keepOn((await begin(false)).ended);
  return {
    number: () => current,
    heldForMs: () => (current === null ? 0 : performance.now() - heldSinceMs),
    close: async () => {
      stop.abort();
      drop();
      await kept;
    },
  };
}

function sessionGone(): never {
  throw new Error('the session ended before it had a number');
}
