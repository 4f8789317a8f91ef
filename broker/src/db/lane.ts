/**
 * Group commit: whatever queues while the previous batch is being committed goes into the next one. One batch is in flight at a
 * time, without a timer, so an idle lane adds no latency and a busy one amortises the commit over everybody who waits.
 */
export interface Lane<Item, Result> {
  /** Resolves when the batch with this item is committed; rejects with what `refuse` says when it waits too long or with too many. */
  submit(item: Item): Promise<Result>;
  /** Resolves when nothing is queued or in flight. */
  idle(): Promise<void>;
}

/** Without `patience`, items wait for as long as it takes, as many as there are. */
export interface LaneOptions {
  maxBatch: number;
  patience?: {
    ms: number;
    /** Beyond that many, waiting and in flight, the next one is refused at once. */
    maxWaiting: number;
    refuse: (why: 'too late' | 'too many') => Error;
  };
}

interface Waiting<Item, Result> {
  item: Item;
  /** By performance.now(). */
  deadline: number;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/** `commit` gets up to maxBatch items, the oldest first, and returns their results in the same order. */
export function createLane<Item, Result>(
  commit: (items: Item[]) => Promise<Result[]>,
  { maxBatch, patience }: LaneOptions,
): Lane<Item, Result> {
  let queue: Waiting<Item, Result>[] = [];
  let inFlight: Waiting<Item, Result>[] = [];
  let pumping: Promise<void> | null = null;
  let watching = false;

  const pump = async (): Promise<void> => {
    while (queue.length > 0) {
      inFlight = queue.slice(0, maxBatch);
      queue = queue.slice(maxBatch);
      try {
        const results = await commit(inFlight.map(({ item }) => item));
        inFlight.forEach(({ resolve }, index) => {
          resolve(results[index] as Result);
        });
      } catch (error) {
        for (const { reject } of inFlight) reject(error);
      }
      inFlight = [];
    }
    pumping = null;
  };

  // One timer for all, set for the oldest that still waits: it fires about once per patience, however many pass.
  const watch = (): void => {
    if (patience === undefined || watching) return;
    const now = performance.now();
    const stillWaits = ({ deadline }: Waiting<Item, Result>): boolean => deadline > now;
    const oldest = inFlight.find(stillWaits) ?? queue[0];
    if (oldest === undefined) return;
    watching = true;
    setTimeout(giveUpOnTheLate, oldest.deadline - now).unref();
  };
  const giveUpOnTheLate = (): void => {
    watching = false;
    const now = performance.now();
    const late = [...inFlight, ...queue].filter(({ deadline }) => deadline <= now);
    queue = queue.filter(({ deadline }) => deadline > now);
    // What is in flight may still be committed; its caller does not wait for that any more.
    for (const { reject } of late) reject(patience?.refuse('too late'));
    watch();
  };

  return {
    submit: (item) =>
      new Promise((resolve, reject) => {
        if (patience !== undefined && queue.length + inFlight.length >= patience.maxWaiting) {
          reject(patience.refuse('too many'));
          return;
        }
        queue.push({ item, deadline: performance.now() + (patience?.ms ?? Infinity), resolve, reject });
        watch();
        pumping ??= pump();
      }),
    idle: () => pumping ?? Promise.resolve(),
  };
}
