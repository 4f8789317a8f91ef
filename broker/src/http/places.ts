import type { ServerResponse } from 'node:http';

/** So many requests are worked on at once, and no more: the others would wait in memory for what all of them need. */
export interface Places {
  /** Gives a place until the answer is out and nothing works on it any more. null: all are taken. */
  take(response: ServerResponse): Place | null;
  taken(): number;
}

export interface Place {
  /** The answer is out, or its connection is gone. */
  leave(): void;
}

/** No request is worked on for longer: statements and waits end before. */
const WORK_MS = 15_000;

export function createPlaces(most: number): Places {
  let taken = 0;
  return {
    taken: () => taken,
    take: (response) => {
      if (taken >= most) return null;
      taken += 1;
      let isFree = false;
      const free = (): void => {
        if (!isFree) taken -= 1;
        isFree = true;
      };
      return {
        leave: () => {
          if (response.writableEnded || response.headersSent) free();
          else freeWhenAnswered(response, free);
        },
      };
    },
  };
}

/**
 * Whoever answers ends his answer also where nobody is there any more: by that it is known that his work is done.
 *
 * Whoever hangs up leaves work behind: a place that were free at once could be taken, and left, without end.
 */
function freeWhenAnswered(response: ServerResponse, free: () => void): void {
  const timer = setTimeout(free, WORK_MS).unref();
  response.end = (): ServerResponse => {
    clearTimeout(timer);
    free();
    return response;
  };
}
