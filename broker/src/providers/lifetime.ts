const YEAR_SECONDS = 365 * 86_400;
/** No provider promises more; a larger number is a unit mistake (milliseconds) or nonsense. */
const MAX_ACCESS_SECONDS = YEAR_SECONDS;
const MAX_REFRESH_SECONDS = 10 * YEAR_SECONDS;
const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * Seconds that an access token lives, at most a year. Null means unknown: absent, 0 (Mailchimp's "never"), negative or garbage;
 * what then holds is for the service's flags to say.
 */
export function accessLifetimeSeconds(expiresIn: unknown): number | null {
  return positiveSeconds(expiresIn, MAX_ACCESS_SECONDS);
}

/** Seconds that a refresh token lives, at most ten years, or null where the provider does not say. */
export function refreshLifetimeSeconds(expiresIn: unknown): number | null {
  return positiveSeconds(expiresIn, MAX_REFRESH_SECONDS);
}

/**
 * Milliseconds to wait by a `Retry-After` header (RFC 9110 10.2.3: seconds or a date), at most 1 h; null for none or garbage.
 * @param now milliseconds since the epoch, for the form with a date
 */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  const value = header?.trim() ?? '';
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1000, MAX_RETRY_AFTER_MS);
  // A date has letters; without this, Date.parse reads "-5" and "1.5" as years.
  const date = /^[A-Za-z]/.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(date) ? null : Math.min(Math.max(date - now, 0), MAX_RETRY_AFTER_MS);
}

function positiveSeconds(value: unknown, max: number): number | null {
  const numeric = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value;
  if (typeof numeric !== 'number' || Number.isNaN(numeric) || numeric < 1) return null;
  return Math.min(Math.floor(numeric), max);
}
