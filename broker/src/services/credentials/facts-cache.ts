import { LRUCache } from 'lru-cache';
import type { Database } from '../../db/database';
import { findServingFacts, type ServingFacts } from '../../repositories/serving';
import type { ConnectionName } from '../../types/credential';
import type { DatabaseClock } from '../database-clock';
import { createByteShelf } from './byte-shelf';
import { packFacts, unpackFacts } from './packed-facts';
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
  /** Kept when it was asked for more than twice. */
  readonly answer: PreparedAnswer | null;
}

const MEBIBYTE = 1024 * 1024;
/** In all. The bound is on memory, not on a number. */
const DEFAULT_BYTES = 64 * MEBIBYTE;
/** Of it, the part for what is at hand. */
const AT_HAND = 1 / 8;
/** What an entry at hand weighs beside its sealed token; *measured*: 1,400 (Node 24) to 2,500 (Node 20). */
const ENTRY_BYTES = 2_500;

/**
 * Remembers facts and sealed tokens, bounded in bytes, without an age: the audit commit before every release compares the versions
 * (services/audit). Callers that ask for the same at the same time share one look at the database. Everything is kept packed; what was
 * asked for twice since is also at hand, as objects, with the answer made of it. Not before: among 100,000 connections that are read at
 * random few are, and objects that live just long enough to be taken for old ones stay in memory long after they are forgotten.
 */
export function createFactsCache(database: Database, clock: DatabaseClock, maxBytes = DEFAULT_BYTES): FactsCache {
  const packed = createByteShelf(maxBytes * (1 - AT_HAND));
  const atHand = new LRUCache<string, Remembered>({
    maxSize: maxBytes * AT_HAND,
    sizeCalculation: ({ facts, answer }) =>
      ENTRY_BYTES + (facts.connection?.accessSealed?.length ?? 0) + (answer?.bytes ?? 0),
  });
  const loading = new Map<string, Promise<ServingFacts | null>>();

  const recall = (key: string): Remembered | undefined => {
    const known = atHand.get(key);
    if (known !== undefined) return known;
    const found = packed.read(key, unpackMarked);
    if (found === undefined) return undefined;
    const remembered = { facts: found.facts, answer: null };
    if (found.wasAsked) atHand.set(key, remembered);
    return remembered;
  };
  const drop = (key: string): boolean => {
    const wasAtHand = atHand.delete(key);
    return packed.delete(key) || wasAtHand;
  };
  const load = async (key: string, name: ConnectionName): Promise<ServingFacts | null> => {
    const facts = await database.asTenant(name.organizationId, (tx) => findServingFacts(tx, name));
    if (facts !== null) {
      clock.observe(facts.databaseNow);
      drop(key);
      // Names that lead nowhere are not kept: anybody could make up as many as he likes.
      if (facts.connection !== null) packed.put(key, [NOT_ASKED, ...packFacts(facts)]);
    }
    return facts;
  };

  return {
    find(name) {
      const key = keyOf(name);
      const known = recall(key);
      if (known !== undefined) return Promise.resolve(known.facts);
      const underWay = loading.get(key);
      if (underWay !== undefined) return underWay;
      const promise = load(key, name).finally(() => loading.delete(key));
      loading.set(key, promise);
      return promise;
    },
    recall: (name) => recall(keyOf(name)),
    keep(name, { facts }, answer) {
      const key = keyOf(name);
      if (atHand.peek(key)?.facts === facts) atHand.set(key, { facts, answer });
    },
    forget(name) {
      const key = keyOf(name);
      // A look that began before whatever made us forget may bring back the old facts: later callers must not share it.
      loading.delete(key);
      return drop(key);
    },
  };
}

/** The first byte of what is packed. */
const NOT_ASKED = Buffer.from([0]);
const ASKED = 1;

/** Unpacks, and leaves a mark for the next who asks. */
function unpackMarked(bytes: Buffer): { facts: ServingFacts; wasAsked: boolean } {
  const wasAsked = bytes[0] === ASKED;
  bytes[0] = ASKED;
  return { facts: unpackFacts(bytes.subarray(1)), wasAsked };
}

// No part can hold a line break, so no two names share a key.
function keyOf({ organizationId, clientId, service, name }: ConnectionName): string {
  return `${organizationId}\n${clientId ?? ''}\n${service}\n${name}`;
}
