/**
 * Joins parts so that no two lists give the same bytes: each part is its length (4 bytes, big endian), then itself.
 * Throws TypeError for a string with a lone surrogate, which UTF-8 would turn into the same U+FFFD as any other.
 */
export function lengthPrefixed(parts: readonly (string | Buffer)[]): Buffer {
  const pieces: Buffer[] = [];
  for (const part of parts) {
    if (typeof part === 'string' && /\p{Surrogate}/u.test(part)) throw new TypeError('not well-formed Unicode');
    const bytes = typeof part === 'string' ? Buffer.from(part, 'utf8') : part;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    pieces.push(length, bytes);
  }
  return Buffer.concat(pieces);
}
