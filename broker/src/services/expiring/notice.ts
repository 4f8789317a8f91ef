/** How many days ahead an end is told of. */
export const STEPS = [14, 7, 1] as const;
export type Step = (typeof STEPS)[number];

export interface Ending {
  now: Date;
  /** null: nothing is known to end any more. */
  endsAt: Date | null;
  /** The step of this end that was told last; null: none. */
  noticedDays: number | null;
  /** Nobody is to be told now: an operator stopped it, or its client has been asked to connect again already. */
  silent: boolean;
}

export interface Notice {
  /** What is to be told now. */
  tell: Step | null;
  /** When to look at it again; null: not for this end. */
  nextAt: Date | null;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** PostgreSQL counts in microseconds: what it calls due must be due here. */
const ROUNDING_MS = 1_000;

/**
 * Each step of an end once, and of several that are due only the most urgent one: a worker that was away for ten days tells what is
 * true today. An end that has passed is not told ahead any more.
 */
export function noticeOf({ now, endsAt, noticedDays, silent }: Ending): Notice {
  if (endsAt === null || endsAt <= now) return { tell: null, nextAt: null };
  const leftMs = endsAt.getTime() - now.getTime();
  const due = STEPS.filter((days) => leftMs <= days * DAY_MS + ROUNDING_MS).at(-1) ?? null;
  if (due !== null && silent) return { tell: null, nextAt: inMs(now, due === 1 ? HOUR_MS : DAY_MS) };
  const next = STEPS.find((days) => days < (due ?? Infinity));
  const nextAt = next === undefined ? null : inMs(endsAt, -next * DAY_MS);
  return { tell: due !== null && due < (noticedDays ?? Infinity) ? due : null, nextAt };
}

const inMs = (moment: Date, ms: number): Date => new Date(moment.getTime() + ms);
