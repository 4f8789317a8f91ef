import type { Queryable } from '../../db/database';
import type { Logger } from '../../log/logger';
import { findSealHead } from '../../repositories/audit-seals';
import type { AuditHead } from '../../types/audit-seal';
import { readHeadFile, writeHeadFile, type BrokenChain, type RememberedHead } from './head-file';

export interface HeadWatch {
  /** Compares the chain with the newest seal that this process, or the file, remembers; tells when that is gone. */
  compare(db: Queryable, last: { id: number; head: Buffer } | null): Promise<void>;
  remember(head: AuditHead): void;
  /** The end of the chain was cut off or replaced, and nobody has accepted it yet. */
  broken(): BrokenChain | null;
  /** Writes the file, and learns from it whether the break was accepted. */
  save(): void;
}

export interface HeadWatchParts {
  dataDir: string;
  /** Writes it to the audit. */
  tell: (broken: BrokenChain) => Promise<unknown>;
  log: Logger;
}

/**
 * What no chain can show by itself is that its end is missing. So each serving process remembers the newest seal that it saw, in memory
 * and in a file beside its other data, and looks whether it is still there.
 */
export function createHeadWatch({ dataDir, tell, log }: HeadWatchParts): HeadWatch {
  let warned = false;
  const onFile = <T>(work: () => T): T | null => {
    try {
      return work();
    } catch (error) {
      if (!warned) log.warn('the head of the audit cannot be kept in a file', { error: (error as Error).message });
      warned = true;
      return null;
    }
  };
  const kept = onFile(() => readHeadFile(dataDir));
  let newest: Pick<RememberedHead, 'id' | 'head'> | null = kept;
  let broken = kept?.broken ?? null;
  let brokenIsKept = broken !== null;

  const save = (): void => {
    if (newest === null) return;
    onFile(() => {
      const file = readHeadFile(dataDir);
      // Once it is in the file, the file decides: `otobot audit verify --accept` takes it out, another process may have put it in.
      if (brokenIsKept || broken === null) broken = file?.broken ?? null;
      writeHeadFile(dataDir, { ...(newest as AuditHead), broken });
      brokenIsKept = broken !== null;
    });
  };

  return {
    broken: () => broken,
    save,
    remember: ({ id, head }) => {
      newest = { id, head };
    },
    async compare(db, last) {
      if (newest === null) return;
      const { id, head } = newest;
      const found = last?.id === id ? last.head : await findSealHead(db, id);
      if (found?.toString('hex') === head) return;
      const noticed = { id, head, lastSeal: last?.id ?? 0, noticedAt: new Date().toISOString() };
      log.error('the chain over the audit is broken: a seal that was there is gone', {
        seal: id,
        head,
        lastSeal: noticed.lastSeal,
      });
      await tell(noticed); // not told: noticed again at the next turn
      [broken, brokenIsKept] = [broken ?? noticed, false];
      newest = last && { id: last.id, head: last.head.toString('hex') };
      save();
    },
  };
}
