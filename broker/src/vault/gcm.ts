import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

export const IV_BYTES = 12;
export const TAG_BYTES = 16;

// Stated on both sides: without it Node accepts tags of 4 bytes, which a forger hits after 2^32 attempts at most.
const OPTIONS = { authTagLength: TAG_BYTES };

/**
 * AES-256-GCM (NIST SP 800-38D). Internal to this folder: the caller answers for (key, iv) never coming twice,
 * which only xaes.ts can promise.
 */
export function gcmSeal(key: KeyObject, iv: Buffer, associated: Buffer, plaintext: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, iv, OPTIONS).setAAD(associated);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** The opposite of gcmSeal; throws when the tag is not exactly 16 bytes or does not match. */
export function gcmOpen(key: KeyObject, iv: Buffer, associated: Buffer, ciphertext: Buffer, tag: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, iv, OPTIONS).setAAD(associated).setAuthTag(tag);
  const unverified = decipher.update(ciphertext);
  try {
    // GCM decrypts before it authenticates: until final() has returned, these bytes are the forger's choice.
    decipher.final();
  } catch (cause) {
    unverified.fill(0);
    throw cause;
  }
  return unverified;
}
