import { LRUCache } from 'lru-cache';
import type { Database } from '../../db/database';
import type { Logger } from '../../log/logger';
import { addFailures, tellOfAttack, type Filled } from '../../repositories/failures';
import { parseAccessKey } from '../../secrets/access-key';
import { ownEntry } from '../audit/own-entry';
import type { Refusals } from '../audit/refusals';
import { networkOf } from './network';
import type { Caller } from './principal';

/** What is counted together. Never a secret: it is stored. */
export type Bucket = `from ${string}` | `key ${string}`;

/** How full a bucket is, by what this process knows of all of them, and when it is emptied. */
export interface Fill {
  count: number;
  endsInMs: number;
}

/**
 * Counts those who have no valid key, in all processes together. Counting is in memory and takes the same time whoever is counted;
 * once a second a process tells the database what it has counted, and hears of the others. Whoever has a valid key is never asked here.
 */
export interface Failures {
  count(bucket: Bucket): Fill;
  /** Tells the database at once. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface FailuresParts {
  /** Under role otobot_audit. */
  database: Database;
  refusals: Refusals;
  log: Logger;
}

/** So many wrong secrets for one key a minute, from wherever they come, are answered as such. */
export const PER_KEY_ID = 10;
const WINDOW_SECONDS = 60;
const FLUSH_EVERY_MS = 1_000;
/** Whoever makes up a new id or address each time fills no table. */
const SHARED_FROM = 3;
/** A flood of new names makes this process forget others, and takes no more memory. */
const MOST_BUCKETS = 20_000;
const MOST_IN_A_FLUSH = 1_000;

/** Where a request without a valid key comes from. */
export const bucketOfAddress = ({ address }: Pick<Caller, 'address'>): Bucket => `from ${networkOf(address)}`;

/** The key that was named with a wrong secret, whether it is there or not; null: what was presented is no key at all. */
export function bucketOfKey({ presented }: Pick<Caller, 'presented'>): Bucket | null {
  const parsed = presented?.kind === 'bearer' ? parseAccessKey(presented.token) : null;
  return parsed && `key ${parsed.id}`;
}

interface Known {
  /** As of the last flush, by all processes. */
  shared: number;
  /** Since then, by this one. */
  more: number;
  endsAtMs: number;
}

export function createFailures({ database, refusals, log }: FailuresParts): Failures {
  const buckets = new LRUCache<string, Known>({ max: MOST_BUCKETS });
  const waiting = new Set<string>();
  let flushing: Promise<void> | null = null;

  const count = (bucket: Bucket): Fill => {
    const now = performance.now();
    const kept = buckets.get(bucket);
    const known =
      kept !== undefined && kept.endsAtMs > now ? kept : { shared: 0, more: 0, endsAtMs: now + WINDOW_SECONDS * 1_000 };
    known.more++;
    buckets.set(bucket, known);
    if (known.shared + known.more >= SHARED_FROM && waiting.size < MOST_BUCKETS) waiting.add(bucket);
    return { count: known.shared + known.more, endsInMs: known.endsAtMs - now };
  };

  const take = (bucket: string): number => {
    const known = buckets.peek(bucket);
    if (known === undefined) return 0;
    const { more } = known;
    known.shared += more;
    known.more = 0;
    return more;
  };

  const hear = ({ bucket, count: shared, secondsLeft }: Filled): void => {
    const known = buckets.peek(bucket);
    if (known === undefined) return;
    known.shared = shared;
    known.endsAtMs = performance.now() + secondsLeft * 1_000;
  };

  const work = async (): Promise<void> => {
    const names = [...waiting].slice(0, MOST_IN_A_FLUSH);
    for (const name of names) waiting.delete(name);
    const counted = names.map((bucket) => ({ bucket, more: take(bucket) })).filter(({ more }) => more > 0);
    if (counted.length === 0) return;
    const filled = await addFailures(database, counted, WINDOW_SECONDS);
    filled.forEach(hear);
    await Promise.all(filled.filter(isNewAttack).map((bucket) => tell(database, refusals, bucket)));
  };

  const begin = (): Promise<void> =>
    // What could not be told goes on counting here, and is told no more: it is for a minute only.
    (flushing ??= work()
      .catch((error: unknown) => log.warn('failures are not counted together', { error: (error as Error).message }))
      .finally(() => (flushing = null)));
  /** What is being told already lacks what was counted since. */
  const flush = async (): Promise<void> => {
    await flushing;
    await begin();
  };
  const timer = setInterval(() => void begin(), FLUSH_EVERY_MS).unref();

  return {
    count,
    flush,
    close: async () => {
      clearInterval(timer);
      await flush();
    },
  };
}

/** In all processes together one flush passes the limit. */
function isNewAttack({ bucket, count, more }: Filled): boolean {
  return bucket.startsWith('key ') && count > PER_KEY_ID && count - more <= PER_KEY_ID;
}

/** Its owner finds it in the audit of his organization, once an hour. */
async function tell(database: Database, refusals: Refusals, { bucket, count }: Filled): Promise<void> {
  const accessKeyId = bucket.slice('key '.length);
  const organizationId = await tellOfAttack(database, bucket, accessKeyId);
  if (organizationId === null) return;
  const detail = { accessKeyId, wrongSecrets: count };
  refusals.note(
    ownEntry({ organizationId, action: 'key.under_attack', code: 'key_invalid', actor: 'unknown', detail }),
  );
}
