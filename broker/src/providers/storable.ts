/** Whether PostgreSQL can keep a text that a provider sent: neither NUL nor half a character; and no control character, which nobody needs. */
export function isStorable(text: string): boolean {
  return /^[^\p{Cc}\p{Cs}]*$/u.test(text);
}
