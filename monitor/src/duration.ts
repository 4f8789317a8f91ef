const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time as short as it is still useful: `45 s`, `12 min`, `3 h 05`, `31 h`, `12 d`. Rounded down. */
export function duration(ms: number): string {
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < 10 * HOUR) return `${Math.floor(ms / HOUR)} h ${String(Math.floor((ms % HOUR) / MINUTE)).padStart(2, '0')}`;
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / DAY)} d`;
}

/** `12 d`, or `12 d ago` for what is over. */
export function distance(at: Date, now: Date): string {
  const ms = at.getTime() - now.getTime();
  return ms > 0 ? duration(ms) : `${duration(-ms)} ago`;
}
