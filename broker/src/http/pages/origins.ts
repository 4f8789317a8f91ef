// Narrower than what URL accepts as a host: a `;`, `,` or `*` in it would rewrite the policy that names the origin.
const HOST = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/;

/** The origin of an absolute URL with one of these schemes, fit for a CSP; null for anything else. */
export function originOf(url: string | null, schemes: readonly string[]): string | null {
  if (url === null || !URL.canParse(url)) return null;
  const { protocol, host, origin } = new URL(url);
  return schemes.includes(protocol) && HOST.test(host) ? origin : null;
}

/** The URL if following it opens a web page; null for `javascript:` and whatever else a link can carry. */
export function webLink(url: string | null): string | null {
  return originOf(url, ['https:', 'http:']) === null ? null : url;
}

/** The path if it stays on our own origin; null for `//host`, `/\host` and absolute URLs. */
export function ownPath(path: string | null): string | null {
  return path !== null && /^\/(?![/\\])[^\s\\\p{Cc}]*$/u.test(path) ? path : null;
}
