import type { Database } from '../../db/database';
import type { AuditRow } from '../../repositories/audit';
import { addKeyUses, type KeyUse } from '../../repositories/key-usage';

/** Who used which key last, and how often, for people to look at. What a quota rests on is counted by the audit statement instead. */
export interface KeyUsage {
  /** Remembers that these rows were committed. */
  note(rows: readonly AuditRow[], at: Date): void;
  /** Writes what has only been counted so far. */
  flush(): Promise<void>;
}

const EVERY_MS = 5_000;

/**
 * Counted in memory and added every five seconds: if each release moved its key's row, all processes would wait for each other there.
 * A process that is killed loses what it counted since.
 */
export function createKeyUsage(database: Database, onLater: (error: unknown) => void): KeyUsage {
  let counted = new Map<string, KeyUse>();
  let timer: NodeJS.Timeout | null = null;
  let writing = Promise.resolve();

  const add = (use: KeyUse): void => {
    const known = counted.get(use.keyId);
    counted.set(use.keyId, known === undefined ? use : together(known, use));
    timer ??= setTimeout(() => void flush(), EVERY_MS).unref();
  };
  const write = async (): Promise<void> => {
    const uses = [...counted.values()];
    counted = new Map();
    try {
      if (uses.length > 0) await addKeyUses(database, uses);
    } catch (error) {
      onLater(error);
      uses.forEach(add);
    }
  };
  const flush = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    return (writing = writing.then(write));
  };

  return {
    note(rows, at) {
      for (const { actor, address, code, quota } of rows) {
        const keyId = keyOf(actor);
        const released = code === 'released' && quota === null ? 1 : 0;
        if (keyId !== null) add({ keyId, lastUsedAt: at, lastUsedFrom: address, released });
      }
    },
    flush,
  };
}

function together(one: KeyUse, other: KeyUse): KeyUse {
  const later = other.lastUsedAt >= one.lastUsedAt ? other : one;
  return { ...later, released: one.released + other.released };
}

const KEY = 'key:';
const keyOf = (actor: string): string | null => (actor.startsWith(KEY) ? actor.slice(KEY.length) : null);
