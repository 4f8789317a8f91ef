export interface Tally {
  count(what: string): void;
  /** Tells what has only been counted so far. */
  flush(): void;
}

const EVERY_MS = 1_000;

/** Counts what may happen a hundred thousand times a second, and tells it once a second: a number for each kind, and nothing else. */
export function createTally(tell: (counts: Readonly<Record<string, number>>) => void): Tally {
  let counts: Record<string, number> = {};
  let timer: NodeJS.Timeout | null = null;
  const flush = (): void => {
    if (timer === null) return;
    clearTimeout(timer);
    timer = null;
    const told = counts;
    counts = {};
    tell(told);
  };
  return {
    count: (what) => {
      counts[what] = (counts[what] ?? 0) + 1;
      timer ??= setTimeout(flush, EVERY_MS);
    },
    flush,
  };
}
