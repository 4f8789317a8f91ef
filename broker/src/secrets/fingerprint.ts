import { createHash } from 'node:crypto';

/**
 * A public name for a credential value, by which a caller can say "this one was rejected": 22 characters base64url.
 * Bound to the connection, so that equal tokens of two connections are not seen to be equal.
 */
export function fingerprint(connectionId: string, value: string): string {
  const hash = createHash('sha256');
  for (const part of ['otobot/fingerprint/v1', connectionId, value]) {
    const bytes = Buffer.from(part, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return hash.digest().subarray(0, 16).toString('base64url');
}
