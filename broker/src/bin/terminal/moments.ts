const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/;
const UNITS = [
  { name: 'day', seconds: 86_400 },
  { name: 'h', seconds: 3_600 },
  { name: 'min', seconds: 60 },
  { name: 's', seconds: 1 },
] as const;

export function isMoment(text: string): boolean {
  return ISO.test(text);
}

/** `2026-11-20 10:57`, in UTC. */
export function minuteOf(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

/** `2026-11-20 10:57:03`, in UTC. */
export function secondOf(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}

/** `in 54 min`, `3 days ago`: in the largest unit of which there are at least two, or the smallest. */
export function fromNow(iso: string, now = new Date()): string {
  const distance = (new Date(iso).getTime() - now.getTime()) / 1_000;
  const seconds = Math.abs(distance);
  if (seconds < 2) return 'now';
  const unit = UNITS.find((one) => seconds >= 2 * one.seconds) ?? UNITS[3];
  const count = Math.round(seconds / unit.seconds);
  const amount = `${count} ${unit.name}${unit.name === 'day' ? 's' : ''}`;
  return distance > 0 ? `in ${amount}` : `${amount} ago`;
}
