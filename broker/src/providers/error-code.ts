const UNRECOGNISED = 'unrecognised';
/** Words and short numbers joined by `_`, `-`, `.` or a space: `invalid_grant`, `BAD_REFRESH_TOKEN`, `AADSTS70008`. */
const WORDS = /^[a-z]{1,24}\d{0,6}(?:[_. -](?:[a-z]{1,24}\d{0,6}|\d{1,6}))*$/i;

/**
 * A provider's error code in a form that is safe to store and to log: `[a-z0-9_.-]`, at most 64 characters. What does not read like
 * words becomes `unrecognised`, because a provider may echo what it was sent, or a token, where its error belongs.
 */
export function safeErrorCode(raw: string): string {
  const code = raw.trim();
  return code.length <= 64 && WORDS.test(code) ? code.toLowerCase().replaceAll(' ', '_') : UNRECOGNISED;
}

/** The code, unless it overlaps one of the secrets of the request: a secret made of words passes the pattern above. */
export function withoutSecrets(code: string, secrets: readonly string[]): string {
  const leaks = secrets
    .map((secret) => secret.trim().toLowerCase().replaceAll(' ', '_'))
    .some((secret) => secret.length >= 4 && (code.includes(secret) || (code.length >= 12 && secret.includes(code))));
  return leaks ? UNRECOGNISED : code;
}
