import { setTimeout as delay } from 'node:timers/promises';
import { connectSession } from '../db/database';
import type { Logger } from '../log/logger';
import { becomeWorker } from '../repositories/workers';

/** What a worker is while its session lives: a number whose lock tells all others that its attempts are in good hands. */
export interface Identity {
  /** Null while there is no session: nothing may be claimed then. */
  number(): number | null;
  close(): Promise<void>;
}

export interface IdentityParts {
  databaseUrl: string;
  /** Something was made due, or the worker has a new number. */
  onWake: () => void;
  log: Logger;
}

const RECONNECT_MS = 250;

/**
 * Holds the worker's lock and listens, on a session of its own. When that drops, the lock is gone and the attempts in flight count
 * as abandoned, so the worker goes on with a new number. Resolves with the first one; throws if it cannot be had.
 */
export async function takeIdentity({ databaseUrl, onWake, log }: IdentityParts): Promise<Identity> {
  const stop = new AbortController();
  let drop: () => void = () => undefined;
  let current: number | null = null;

  const open = async (): Promise<{ ended: Promise<void>; end: () => Promise<void> }> => {
    const session = await connectSession(databaseUrl, 'otobot_refresh');
    const ended = new Promise<void>((resolve) => {
      drop = resolve;
      session.on('error', drop).on('end', drop);
    });
    if (stop.signal.aborted) drop();
    session.on('notification', onWake);
    const end = (): Promise<void> => session.end().catch(() => undefined);
    try {
      current = await becomeWorker(session);
    } catch (error) {
      await end();
      throw error;
    }
    log.info('working', { workerNumber: current });
    onWake();
    return { ended, end };
  };

  const keep = async (first: Awaited<ReturnType<typeof open>>): Promise<void> => {
    let session: Awaited<ReturnType<typeof open>> | null = first;
    while (!stop.signal.aborted) {
      if (session !== null) {
        await session.ended;
        current = null;
        await session.end();
        if (!stop.signal.aborted)
          log.warn('the session of this worker ended, so it claims nothing until it has another');
      }
      if (stop.signal.aborted) return;
      session = await open().catch(() => null);
      if (session === null) await delay(RECONNECT_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
    await session?.end();
  };

  const kept = keep(await open());
  return {
    number: () => current,
    close: async () => {
      stop.abort();
      drop();
      await kept;
    },
  };
}
