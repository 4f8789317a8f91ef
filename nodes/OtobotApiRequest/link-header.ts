/**
 * The target of `rel="next"` in a Link header (RFC 8288), as the API wrote it.
 *
 * @returns null where there is no next page
 */
export function nextLink(header: unknown): string | null {
  const text = Array.isArray(header) ? header.join(', ') : String(header ?? '');
  // A target may contain commas and semicolons, hence not split at them.
  for (const [, target, parameters = ''] of text.matchAll(
    /<([^>]*)>((?:\s*;\s*[^,;="]+(?:=(?:"[^"]*"|[^,;"]*))?)*)/g,
  )) {
    const relations = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s,;]+))/i.exec(parameters);
    const names = (relations?.[1] ?? relations?.[2] ?? '').toLowerCase().split(/\s+/);
    if (target !== undefined && names.includes('next')) return target;
  }
  return null;
}
