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
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;
  const zoned = /T.*(Z|[+-]\d{2}:?\d{2})$/.test(day) && !Number.isNaN(Date.parse(day));
  if (!zoned) throw new InvalidArgumentError('It must be a duration such as 90d, a day such as 2027-01-31, or never.');
  return new Date(day).toISOString();
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
  const at = text === 'never' ? null : moment(text);
  if (at === null) throw new InvalidArgumentError('It must be a time back such as 24h, or a day such as 2026-11-01.');
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
