import { InvalidArgumentError } from 'commander';

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800, y: 31_536_000 } as const;
const DURATION = /^(\d{1,6})([smhdwy])$/;

/** `a,b` or `a b`. */
export function listed(text: string): string[] {
  const items = text.split(/[\s,]+/).filter((item) => item !== '');
  if (items.length === 0) throw new InvalidArgumentError('It names nothing.');
  return items;
}

/** The same; an empty text is none. */
export const listedIfAny = (text: string): string[] => (text === '' ? [] : listed(text));

/** `a=1,b=2`; an empty text is none. */
export function pairs(text: string): Record<string, string> {
  const parts = text.split(',').filter((part) => part !== '');
  return Object.fromEntries(
    parts.map((part) => {
      const [, name, value] = /^\s*([^=\s]+)=(.*)$/.exec(part) ?? [];
      if (name === undefined) throw new InvalidArgumentError('It must be name=value, parted by commas.');
      return [name, value ?? ''];
    }),
  );
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** `90d` → seconds. */
export function duration(text: string): number {
  const [, count, unit] = DURATION.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError('It must be a duration such as 30m, 12h, 90d or 1y.');
  return Number(count) * SECONDS[unit as keyof typeof SECONDS];
}

/** `90d` from now, `2027-01-31`, a moment with its time zone, or `never` → ISO 8601; null: never. */
export function moment(text: string): string | null {
  if (text === 'never') return null;
  if (DURATION.test(text)) return new Date(Date.now() + duration(text) * 1_000).toISOString();
  const at = zonedMoment(text);
  if (at === null)
    throw new InvalidArgumentError('It must be a duration such as 90d, a day such as 2027-01-31, or never.');
  return at;
}

/** A day, or a moment with its time zone; null: it is neither. */
function zonedMoment(text: string): string | null {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;
  const zoned = /T.*(Z|[+-]\d{2}:?\d{2})$/.test(day) && !Number.isNaN(Date.parse(day));
  return zoned ? new Date(day).toISOString() : null;
}

/** The same, and still to come: a slip in the year would make what is dead at once. */
export function momentToCome(text: string): string | null {
  const at = moment(text);
  if (at !== null && Date.parse(at) <= Date.now()) throw new InvalidArgumentError('It must lie in the future.');
  return at;
}

/** A moment that there is: who knows of no end says nothing. */
export function end(text: string): string {
  const at = text === 'never' ? null : moment(text);
  if (at === null)
    throw new InvalidArgumentError(
      'It must be a duration such as 90d, or a day such as 2027-01-31; leave it out if there is none.',
    );
  return at;
}

/** `24h` ago, `2026-11-01`, or a moment with its time zone → ISO 8601. */
export function past(text: string): string {
  if (DURATION.test(text)) return new Date(Date.now() - duration(text) * 1_000).toISOString();
  const at = zonedMoment(text);
  if (at === null)
    throw new InvalidArgumentError(
      'It must be a time back such as 24h, a day such as 2026-11-01, or a moment such as 2026-11-01T08:30:00Z.',
    );
  return at;
}

/** An empty text removes what was there. */
export function clearable<T>(read: (text: string) => T): (text: string) => T | null {
  return (text) => (text === '' ? null : read(text));
}

export const asIs = (text: string): string => text;

export function yesOrNo(text: string): boolean {
  if (text !== 'yes' && text !== 'no') throw new InvalidArgumentError('It must be yes or no.');
  return text === 'yes';
}
