/** The body of a token endpoint's answer, parsed at the edge. Everything that is no set of fields is a kind of unusable. */
export type AnswerBody =
  | { kind: 'fields'; fields: Readonly<Record<string, unknown>> }
  | { kind: 'html' | 'text' | 'empty' | 'oversized' | 'encoded' };

/** From a value that was JSON: anything but an object carries no fields. */
export function bodyOfJson(value: unknown): AnswerBody {
  if (value === null || value === undefined) return { kind: 'empty' };
  if (typeof value !== 'object' || Array.isArray(value)) return { kind: 'text' };
  return { kind: 'fields', fields: value as Readonly<Record<string, unknown>> };
}

/** From bytes that were not JSON: GitHub and older servers answer form-encoded, gateways in HTML. */
export function bodyOfText(text: string, contentType: string): AnswerBody {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'empty' };
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType) || /^(access_token|error)=/.test(trimmed)) {
    // fromEntries defines own properties, so a field named __proto__ stays a field.
    return { kind: 'fields', fields: Object.fromEntries(new URLSearchParams(trimmed)) };
  }
  return { kind: trimmed.startsWith('<') || /^text\/html\b/i.test(contentType) ? 'html' : 'text' };
}
