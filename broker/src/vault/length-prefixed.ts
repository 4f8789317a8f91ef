/**
 * Joins parts so that no two lists give the same bytes: each part is its length (4 bytes, big endian), then itself.
 * Throws TypeError for a string with a lone surrogate, which UTF-8 would turn into the same U+FFFD as any other.
 */
export function lengthPrefixed(parts: readonly (string | Buffer)[]): Buffer {
  const lengths = parts.map((part) => Buffer.byteLength(part));
  // One allocation, because this runs for every value that is served.
  const joined = Buffer.alloc(lengths.reduce((sum, length) => sum + 4 + length, 0));
  let at = 0;
  for (const [index, part] of parts.entries()) {
    if (typeof part === 'string' && /\p{Surrogate}/u.test(part)) throw new TypeError('not well-formed Unicode');
    at = joined.writeUInt32BE(lengths[index] ?? 0, at);
    at += typeof part === 'string' ? joined.write(part, at, 'utf8') : part.copy(joined, at);
  }
  return joined;
}
