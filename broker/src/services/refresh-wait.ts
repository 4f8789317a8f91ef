import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../db/database';
import { listen } from '../db/listen';
import type { Logger } from '../log/logger';
import { REFRESHED_CHANNEL, signalWanted } from '../repositories/signals';
import { listVersions, markWanted, type Awaited as Marked } from '../repositories/wanted';
import { createPulse } from './refresh/pulse';
import { soonest } from './refresh/soonest';

export interface Awaited {
  organizationId: string;
  connectionId: string;
  /** The version that the caller found wanting. */
  version: number;
}

/** Serving's side of a refresh: it asks the workers for one and waits for what comes of it. */
export interface RefreshWaiter {
  /** Until the connection has another version, or `deadlineMs` on performance.now(). */
  wait(awaited: Awaited, deadlineMs: number): Promise<'changed' | 'timeout'>;
  close(): Promise<void>;
}

export interface RefreshWaiterParts {
  /** As otobot_serve. */
  database: Database;
  /** As otobot_audit, which sees the versions of every tenant. */
  lanes: Database;
  databaseUrl: string;
  log: Logger;
}

interface Waiting {
  organizationId: string;
  waiters: Set<{ version: number; resolve: () => void }>;
  markedAtMs: number;
}

/** Waiters look by themselves this often, signal or not. */
const POLL_MS = 250;
/** A failed attempt uses the mark up while readers still wait. */
const MARK_AGAIN_MS = 1_000;

/** However many wait for a connection in this process, it is marked once and looked at once. */
export function createRefreshWaiter({ database, lanes, databaseUrl, log }: RefreshWaiterParts): RefreshWaiter {
  const waiting = new Map<string, Waiting>();
  const wakeWorkers = createPulse(() => signalWanted(database));
  let closed = false;
  let polling: Promise<void> | null = null;
  let wake: () => void = () => undefined;

  const look = async (): Promise<void> => {
    const versions = await listVersions(lanes, [...waiting.keys()]);
    for (const { id, version } of versions) {
      for (const waiter of waiting.get(id)?.waiters ?? []) if (waiter.version !== version) waiter.resolve();
    }
  };

  const mark = async (): Promise<void> => {
    const now = performance.now();
    const byOrganization = new Map<string, Marked[]>();
    for (const [id, entry] of waiting) {
      if (now - entry.markedAtMs < MARK_AGAIN_MS) continue;
      entry.markedAtMs = now;
      // Who waits for the change of an older version has been told of it.
      const version = Math.max(...[...entry.waiters].map((waiter) => waiter.version));
      byOrganization.set(entry.organizationId, [...(byOrganization.get(entry.organizationId) ?? []), { id, version }]);
    }
    for (const [organizationId, awaited] of byOrganization) {
      if (await database.asTenant(organizationId, (tx) => markWanted(tx, organizationId, awaited))) wakeWorkers();
    }
  };

  const poll = async (): Promise<void> => {
    while (waiting.size > 0 && !closed) {
      const signalled = new Promise<void>((resolve) => (wake = resolve));
      try {
        // Looked at first: what changed since the caller read needs no refresh.
        await look();
        await mark();
      } catch (error) {
        log.warn('cannot look for refreshed tokens', { error: (error as Error).message });
      }
      await soonest(signalled, POLL_MS);
    }
    polling = null;
  };

  const listener = listen({
    url: databaseUrl,
    role: 'otobot_audit',
    channel: REFRESHED_CHANNEL,
    onSignal: () => wake(),
    log,
  });

  return {
    async wait({ organizationId, connectionId, version }, deadlineMs) {
      const entry = waiting.get(connectionId) ?? { organizationId, waiters: new Set(), markedAtMs: -Infinity };
      waiting.set(connectionId, entry);
      let resolve: () => void = () => undefined;
      const changed = new Promise<void>((resolved) => (resolve = resolved));
      const waiter = { version, resolve };
      entry.waiters.add(waiter);
      if (polling === null) polling = poll();
      else if (entry.waiters.size === 1) wake();
      try {
        return await outcomeBy(changed, deadlineMs);
      } finally {
        entry.waiters.delete(waiter);
        if (entry.waiters.size === 0 && waiting.get(connectionId) === entry) waiting.delete(connectionId);
      }
    },
    async close() {
      closed = true;
      wake();
      await Promise.all([listener.close(), polling]);
    },
  };
}

async function outcomeBy(changed: Promise<void>, deadlineMs: number): Promise<'changed' | 'timeout'> {
  const cancel = new AbortController();
  const outcome = await Promise.race([
    changed.then(() => 'changed' as const),
    delay(Math.max(0, deadlineMs - performance.now()), 'timeout' as const, { signal: cancel.signal }),
  ]);
  cancel.abort();
  return outcome;
}
