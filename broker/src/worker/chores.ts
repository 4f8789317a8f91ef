import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../log/logger';

export interface Chore {
  name: string;
  everyMs: number;
  /** `stopping`: a turn that goes on and on ends soon. */
  work: (stopping: AbortSignal) => Promise<unknown>;
}

export interface Chores {
  /** Resolves when the turns under way have ended. */
  stop(): Promise<void>;
}

/** Does each chore now and again and again, never twice at once; a failure is tried again at the next turn. */
export function startChores(chores: readonly Chore[], log: Logger): Chores {
  const stopping = new AbortController();
  // Each chore waits on it; Node takes more than ten for a leak.
  setMaxListeners(chores.length, stopping.signal);
  const repeat = async ({ name, everyMs, work }: Chore): Promise<void> => {
    while (!stopping.signal.aborted) {
      await work(stopping.signal).catch((error: unknown) => {
        log.warn('a chore failed', { chore: name, error: (error as Error).message });
      });
      await delay(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const running = chores.map(repeat);
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
}
