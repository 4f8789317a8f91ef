import { LRUCache } from 'lru-cache';
import type { Database } from '../../db/database';
import { findServingFacts, type ServingFacts } from '../../repositories/serving';
import type { ConnectionName } from '../../types/credential';
import type { DatabaseClock } from '../database-clock';
import type { PreparedAnswer } from './prepared-answer';

export interface FactsCache {
  find(name: ConnectionName): Promise<ServingFacts | null>;
  /** What is remembered, without a look at the database. */
  recall(name: ConnectionName): Remembered | undefined;
  /** Keeps the answer beside the facts that it was made of, as long as those are remembered. */
  keep(name: ConnectionName, remembered: Remembered, answer: PreparedAnswer): void;
  /** false when nothing was remembered. */
  forget(name: ConnectionName): boolean;
}

export interface Remembered {
  readonly facts: ServingFacts;
  /** Made when somebody asks for it a second time. */
  readonly answer: PreparedAnswer | null;
}

const DEFAULT_BYTES = 64 * 1024 * 1024;
/** What an entry weighs beside its sealed token; *measured*: 1,400 (Node 24) to 2,500 (Node 20). The bound is on memory, not on a number. */
const ENTRY_BYTES = 2_500;

/**
 * Remembers facts and sealed tokens, bounded in bytes, without an age: the audit commit before every release compares the versions
 * (services/audit). Callers that ask for the same at the same time share one look at the database.
 */
export function createFactsCache(database: Database, clock: DatabaseClock, maxBytes = DEFAULT_BYTES): FactsCache {
  const remembered = new LRUCache<string, Remembered>({
    maxSize: maxBytes,
    sizeCalculation: ({ facts, answer }) =>
      ENTRY_BYTES + (facts.connection?.accessSealed?.length ?? 0) + (answer?.bytes ?? 0),
  });
  const loading = new Map<string, Promise<ServingFacts | null>>();

  const load = async (key: string, name: ConnectionName): Promise<ServingFacts | null> => {
    const facts = await database.asTenant(name.organizationId, (tx) => findServingFacts(tx, name));
    if (facts !== null) {
      clock.observe(facts.databaseNow);
      // Names that lead nowhere are not kept: anybody could make up as many as he likes.
      if (facts.connection !== null) remembered.set(key, { facts, answer: null });
    }
    return facts;
  };

  return {
    find(name) {
      const key = keyOf(name);
      const known = remembered.get(key);
      if (known !== undefined) return Promise.resolve(known.facts);
      const underWay = loading.get(key);
      if (underWay !== undefined) return underWay;
      const promise = load(key, name).finally(() => loading.delete(key));
      loading.set(key, promise);
      return promise;
    },
    recall: (name) => remembered.get(keyOf(name)),
    keep(name, { facts }, answer) {
      const key = keyOf(name);
      if (remembered.peek(key)?.facts === facts) remembered.set(key, { facts, answer });
    },
    forget(name) {
      const key = keyOf(name);
      // A look that began before whatever made us forget may bring back the old facts: later callers must not share it.
      loading.delete(key);
      return remembered.delete(key);
    },
  };
}

// No part can hold a line break, so no two names share a key.
function keyOf({ organizationId, clientId, service, name }: ConnectionName): string {
  return `${organizationId}\n${clientId ?? ''}\n${service}\n${name}`;
}
