import type { Grant } from '../shared/contract';
import { parsedJson } from './json';

/** What stands in an answer in place of the credential. */
export const HIDDEN = '[hidden by Otobot]';

/** Anything shorter would be found in ordinary text. */
const SHORTEST = 8;

/** Every form in which an API could give back the credential that it was sent. */
export function secretsOf(grant: Grant): string[] {
  const { accessToken, apiKey, password, headers } = grant;
  const plain = [accessToken, apiKey, password, ...Object.values(headers).flatMap(withoutScheme)];
  const found = new Set<string>();
  for (const secret of plain) {
    if (secret === undefined || secret.length < SHORTEST) continue;
    found.add(secret).add(encodeURIComponent(secret)).add(JSON.stringify(secret).slice(1, -1));
  }
  // The longest first: what is left after a shorter one was replaced would no longer be recognised.
  return [...found].sort((one, other) => other.length - one.length);
}

/** APIs that echo a request, or quote it in an error, must not bring the credential into n8n's execution data. */
export function hideIn(text: string, secrets: readonly string[]): string {
  const hide = (shown: string) => secrets.reduce((seen, secret) => seen.replaceAll(secret, HIDDEN), shown);
  const hidden = hide(text);
  // JSON has several ways to write a character (`\/`, `\u003d`). Written anew, it has the one that is looked for.
  const json = text.includes('\\') ? parsedJson(hidden) : undefined;
  const anew = json === undefined ? '' : JSON.stringify(json);
  return isIn(anew, secrets) ? hide(anew) : hidden;
}

export function isIn(content: Buffer | string, secrets: readonly string[]): boolean {
  return secrets.some((secret) => content.includes(secret));
}

/** "Bearer abc" → "abc". */
function withoutScheme(header: string): string[] {
  return [header.slice(header.indexOf(' ') + 1)];
}
