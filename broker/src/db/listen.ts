import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../log/logger';
import { connectSession, endSession, type DatabaseRole } from './database';

export interface Listener {
  close(): Promise<void>;
}

export interface ListenOptions {
  url: string;
  role: DatabaseRole;
  /** A plain identifier. */
  channel: string;
  /** Also after every reconnection, since signals may have been missed. */
  onSignal: () => void;
  log: Logger;
}

const RECONNECT_MS = 1_000;

/** Listens on a session of its own for as long as the process lives, reconnecting whenever it drops. */
export function listen({ url, role, channel, onSignal, log }: ListenOptions): Listener {
  const stop = new AbortController();
  let drop: () => void = () => undefined;

  const once = async (): Promise<void> => {
    const session = await connectSession(url, role);
    const dropped = new Promise<void>((resolve) => {
      drop = resolve;
      session.on('error', drop).on('end', drop);
    });
    if (stop.signal.aborted) drop();
    try {
      session.on('notification', onSignal);
      await session.query(`listen ${channel}`);
      onSignal();
      await dropped;
    } finally {
      await endSession(session);
    }
  };

  const forever = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await once().catch((error: unknown) => {
        log.warn('cannot listen to the database, looking by myself', { channel, error: (error as Error).message });
      });
      await delay(RECONNECT_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };

  const running = forever();
  return {
    close: async () => {
      stop.abort();
      drop();
      await running;
    },
  };
}
