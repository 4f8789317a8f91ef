import type { Database } from '../db/database';
import { Problem } from '../errors/problem';
import {
  countBacklog,
  findPause,
  pauseRefreshing,
  resumeRefreshing,
  type Backlog,
  type Pause,
} from '../repositories/installation';
import { signalWanted } from '../repositories/signals';
import type { Authorize } from './access/authorize';
import type { Caller } from './access/principal';

/** Whether refreshing stands still, and what it finds when it goes on. */
export interface RefreshingView extends Backlog {
  paused: Pause | null;
}

/** Refreshing as a whole, for somebody at the machine itself: it concerns every organization. */
export interface Refreshing {
  /** From the next claim on nothing is refreshed. What is in flight ends. */
  pause(caller: Caller, reason: string): Promise<RefreshingView>;
  /** `was`: the pause that is over; null: there was none. */
  resume(caller: Caller): Promise<RefreshingView & { was: Pause | null }>;
}

export interface RefreshingParts {
  /** As the owner of the tables. */
  owner: Database;
  authorize: Authorize;
}

export function createRefreshing({ owner, authorize }: RefreshingParts): Refreshing {
  const may = async (caller: Caller, action: string, detail: Record<string, string> = {}): Promise<void> => {
    await authorize(caller, { action, scope: null, detail });
    if (caller.presented?.kind === 'operator') return;
    throw new Problem('scope_missing', 'Refreshing is paused and resumed at the machine itself, with: otobot refresh');
  };
  const view = async (): Promise<RefreshingView> => ({
    paused: await findPause(owner),
    ...(await countBacklog(owner)),
  });

  return {
    async pause(caller, reason) {
      await may(caller, 'refreshing.pause', { reason });
      await pauseRefreshing(owner, reason);
      return view();
    },

    async resume(caller) {
      await may(caller, 'refreshing.resume');
      const was = await owner.transaction((tx) => resumeRefreshing(tx));
      await signalWanted(owner);
      return { was, ...(await view()) };
    },
  };
}
