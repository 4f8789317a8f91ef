import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { base62 } from '../../src/secrets/base62';

/** An id that nobody has. */
export const madeUpId = (): string => base62(randomBytes(16), 12);

/** A well-formed key with a secret that nobody gave out. */
export const guess = (id = madeUpId()): string => keyOf(id, base62(randomBytes(32), 43));

/** The same secret under another id. */
export const withId = (key: string, id: string): string => keyOf(id, key.slice(22, 65));

function keyOf(id: string, secret: string): string {
  const body = `otb_live_${id}_${secret}`;
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(crc32(body));
  return body + base62(crc, 6);
}
