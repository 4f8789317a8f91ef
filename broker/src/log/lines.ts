/** Where lines go to: process.stderr, or anything that takes text and says how much of it waits. */
export interface LineStream {
  write(text: string): boolean;
  readonly writableLength?: number;
}

export interface Lines {
  /** Takes one line, with its line break. It is written with the others of this turn of the event loop. */
  add(line: string): void;
  /** Writes what has been added, now. */
  flush(): void;
}

/** A reader of the log that stands still must not cost more memory than this. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;

const unwritten = new Set<() => void>();
// Standard error is written synchronously where it is a file, a pipe or a terminal, so this is not too late.
process.once('exit', () => {
  for (const flush of unwritten) flush();
});

/**
 * Writes the lines of a turn at once, since each write to standard error is a system call. `onDropped` is told how many lines a stream
 * that stood still did not get, as soon as it takes some again.
 */
export function createLines(stream: LineStream, onDropped: (count: number) => void): Lines {
  let waiting = '';
  let count = 0;
  let dropped = 0;

  const flush = (): void => {
    if (waiting === '') return;
    const [text, lines] = [waiting, count];
    waiting = '';
    count = 0;
    unwritten.delete(flush);
    if ((stream.writableLength ?? 0) > MOST_WAITING_BYTES) {
      dropped += lines;
      return;
    }
    stream.write(text);
    if (dropped === 0) return;
    const missing = dropped;
    dropped = 0;
    onDropped(missing);
  };

  return {
    add: (line) => {
      if (waiting === '') {
        unwritten.add(flush);
        setImmediate(flush);
      }
      waiting += line;
      count++;
    },
    flush,
  };
}
