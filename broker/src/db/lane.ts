/**
 * Group commit: whatever queues while the previous batch is being committed goes into the next one. One batch is in flight at a
 * time, without a timer, so an idle lane adds no latency and a busy one amortises the commit over everybody who waits.
 */
export interface Lane<Item, Result> {
  /** Resolves when the batch with this item is committed. */
  submit(item: Item): Promise<Result>;
  /** Resolves when nothing is queued or in flight. */
  idle(): Promise<void>;
}

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/** `commit` gets up to maxBatch items and returns their results in the same order. */
export function createLane<Item, Result>(
  commit: (items: Item[]) => Promise<Result[]>,
  { maxBatch }: { maxBatch: number },
): Lane<Item, Result> {
  let queue: Waiting<Item, Result>[] = [];
  let pumping: Promise<void> | null = null;

  const pump = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue.slice(0, maxBatch);
      queue = queue.slice(maxBatch);
      try {
        const results = await commit(batch.map(({ item }) => item));
        batch.forEach(({ resolve }, index) => {
          resolve(results[index] as Result);
        });
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    pumping = null;
  };

  return {
    submit: (item) =>
      new Promise((resolve, reject) => {
        queue.push({ item, resolve, reject });
        pumping ??= pump();
      }),
    idle: () => pumping ?? Promise.resolve(),
  };
}
