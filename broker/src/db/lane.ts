/**
 * Group commit: whatever queues while a batch is being committed goes into the next one. There is no timer, so an idle lane adds no latency
 * and a busy one amortises the commit over everybody who waits.
 */
export interface Lane<Item, Result> {
  /** Resolves when the batch with this item is committed; rejects with what `refuse` says when it waits too long or with too many. */
  submit(item: Item): Promise<Result>;
  /** Resolves when nothing is queued or in flight. */
  idle(): Promise<void>;
}

/** Without `patience`, items wait for as long as it takes, as many as there are. Without `abreast`, one batch is in flight at a time. */
export interface LaneOptions {
  maxBatch: number;
  /** For commits that wait for a disk rather than compute, and that may overtake each other. */
  abreast?: {
    /** Batches in flight at a time. */
    most: number;
    /** Another one begins when the newest has been in flight for that long: one that ends sooner is worth waiting for … */
    apartMs: number;
    /** … and so many wait: a batch costs something of its own, which they share. */
    enough: number;
  };
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

interface Batch<Item, Result> {
  waiting: Waiting<Item, Result>[];
  /** By performance.now(). */
  startedAt: number;
}

const ONE_BY_ONE = { most: 1, apartMs: 0, enough: 1 };

/** `commit` gets up to maxBatch items, the oldest first, and returns their results in the same order. */
export function createLane<Item, Result>(
  commit: (items: Item[]) => Promise<Result[]>,
  { maxBatch, abreast = ONE_BY_ONE, patience }: LaneOptions,
): Lane<Item, Result> {
  let queue: Waiting<Item, Result>[] = [];
  /** In the order in which they began. While it is empty, so is the queue. */
  let inFlight: Batch<Item, Result>[] = [];
  let whenIdle: (() => void)[] = [];

  const mayBegin = (now: number): boolean => {
    const newest = inFlight.at(-1);
    if (newest === undefined) return true;
    if (inFlight.length >= abreast.most || queue.length < abreast.enough) return false;
    return now - newest.startedAt >= abreast.apartMs;
  };
  // Looked at when somebody comes and when a batch ends: where nobody comes, nobody is kept waiting longer than by a single batch.
  const begin = (now: number): void => {
    while (queue.length > 0 && mayBegin(now)) {
      const batch = { waiting: queue.slice(0, maxBatch), startedAt: now };
      queue = queue.slice(maxBatch);
      inFlight.push(batch);
      void send(batch);
    }
  };
  const send = async (batch: Batch<Item, Result>): Promise<void> => {
    const { waiting } = batch;
    try {
      const results = await commit(waiting.map(({ item }) => item));
      waiting.forEach(({ resolve }, index) => {
        resolve(results[index] as Result);
      });
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
    inFlight = inFlight.filter((other) => other !== batch);
    begin(performance.now());
    if (inFlight.length > 0) return;
    for (const resolve of whenIdle) resolve();
    whenIdle = [];
  };

  const watch = watchOver<Waiting<Item, Result>>(
    () => [...inFlight.flatMap(({ waiting }) => waiting), ...queue],
    (late, now) => {
      queue = queue.filter(({ deadline }) => deadline > now);
      // What is in flight may still be committed; its caller does not wait for that any more.
      for (const { reject } of late) reject(patience?.refuse('too late'));
    },
  );
  const count = (): number => inFlight.reduce((sum, { waiting }) => sum + waiting.length, queue.length);

  return {
    submit: (item) =>
      new Promise((resolve, reject) => {
        if (patience !== undefined && count() >= patience.maxWaiting) {
          reject(patience.refuse('too many'));
          return;
        }
        const now = performance.now();
        queue.push({ item, deadline: now + (patience?.ms ?? Infinity), resolve, reject });
        if (patience !== undefined) watch();
        begin(now);
      }),
    idle: () => new Promise((resolve) => (inFlight.length === 0 ? resolve() : void whenIdle.push(resolve))),
  };
}

/** One timer for all, set for the oldest that still waits: it fires about once per patience, however many pass. `everybody`: the oldest first. */
function watchOver<Who extends { deadline: number }>(
  everybody: () => Who[],
  giveUp: (late: Who[], now: number) => void,
): () => void {
  let watching = false;
  const watch = (): void => {
    if (watching) return;
    const now = performance.now();
    const oldest = everybody().find(({ deadline }) => deadline > now);
    if (oldest === undefined) return;
    watching = true;
    setTimeout(look, oldest.deadline - now).unref();
  };
  const look = (): void => {
    watching = false;
    const now = performance.now();
    const late = everybody().filter(({ deadline }) => deadline <= now);
    giveUp(late, now);
    watch();
  };
  return watch;
}
