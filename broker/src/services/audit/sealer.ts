import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from '../../errors/problem';
import type { Logger } from '../../log/logger';
import { findLastSeal } from '../../repositories/audit-seals';
import type { AuditHead } from '../../types/audit-seal';
import type { KeyReload } from '../encryption-keys';
import type { ExportHead } from './head-export';
import type { HeadWatch } from './head-watch';
import { headOf } from './seal';
import { sealSettled, type SealingParts } from './seal-settled';

/** Seals the audit for as long as it runs. Every serving process has one; one of them at a time seals, all of them watch. */
export interface Sealer {
  start(): void;
  /** The newest seal that this process has seen; null before the first. */
  auditHead(): AuditHead | null;
  /** What somebody should look at. Public, so without particulars. */
  warnings(): string[];
  /** Seals what is there, and resolves; within three seconds also while the database hangs. Nothing where it was never started. */
  stop(): Promise<void>;
}

export interface SealerParts extends SealingParts {
  keys: KeyReload;
  watch: HeadWatch;
  exportHead: ExportHead;
  log: Logger;
}

const EVERY_MS = 1_000;
const SAVE_EVERY_MS = 60_000;
/** A restart of PostgreSQL, or a lane that is slow for once, is nothing to be told of. */
const WORTH_TELLING_MS = 15_000;
const LAST_TURN_MS = 3_000;

export function createSealer(parts: SealerParts, everyMs = EVERY_MS): Sealer {
  const { database, watch, exportHead, log } = parts;
  const stopping = new AbortController();
  let head: AuditHead | null = null;
  let failingSince: number | null = null;
  let savedAt = -Infinity;
  let running: Promise<void> | null = null;

  const turn = async (): Promise<void> => {
    const last = await findLastSeal(database);
    await watch.compare(database, last);
    const own = await sealSettled(parts, last);
    const newest = own ?? last;
    if (newest === null) return;
    head = headOf(newest);
    watch.remember(head);
    // Also when the minute was not over yet as it sealed last.
    if (newest.processId === parts.processId) void exportHead(head);
  };
  const save = (atMost: number): void => {
    if (performance.now() - savedAt < atMost) return;
    savedAt = performance.now();
    watch.save();
  };
  const patiently = async (): Promise<void> => {
    try {
      await turn();
      failingSince = null;
      // As long as it is broken, somebody may accept that at any moment.
      save(watch.broken() === null ? SAVE_EVERY_MS : 0);
    } catch (error) {
      if (failingSince === null) log.warn('the audit is not sealed now, and will be', { error: reasonOf(error) });
      failingSince ??= performance.now();
      // A key that another process has just made.
      if (error instanceof Problem && error.code === 'key_unavailable')
        await parts.keys.reload().catch(() => undefined);
    }
  };
  const forever = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await patiently();
      await delay(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    await patiently();
    save(0);
  };

  return {
    start: () => {
      running ??= forever();
    },
    auditHead: () => head,
    warnings: () => [
      ...(watch.broken() === null ? [] : ['the audit lacks seals that it had: run `otobot audit verify`']),
      ...(failingSince === null || performance.now() - failingSince < WORTH_TELLING_MS
        ? []
        : ['the audit is not being sealed']),
    ],
    stop: async () => {
      if (running === null) return;
      stopping.abort();
      const late = new AbortController();
      const tooLate = delay(LAST_TURN_MS, undefined, { signal: late.signal }).then(() => {
        database.cut();
      });
      await running;
      late.abort();
      await tooLate.catch(() => undefined);
    },
  };
}

// A Problem's own words are for callers; what PostgreSQL said is behind it.
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error ? cause.message : message;
}
