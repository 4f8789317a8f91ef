import { createCipheriv, createSecretKey, randomFillSync, type Cipher, type KeyObject } from 'node:crypto';
import { gcmOpen, gcmSeal, IV_BYTES, TAG_BYTES } from './gcm';

/*
 * XAES-256-GCM, as specified by C2SP (c2sp.org/XAES-256-GCM). Half of a 192-bit random nonce derives a fresh
 * AES-256-GCM key by CMAC (NIST SP 800-108r1), the other half is its IV. So nonces may be random without the
 * 2^32-message limit of plain GCM: a pair comes twice with probability 2^-32 after 2^80 messages under one key.
 */
export const NONCE_BYTES = 24;
export const XAES_OVERHEAD_BYTES = NONCE_BYTES + TAG_BYTES;

/** Seals under a fresh random nonce: `nonce ‖ ciphertext ‖ tag`. There is no way to choose the nonce. */
export function xaesSeal(key: KeyObject, associated: Buffer, plaintext: Buffer): Buffer {
  const nonce = freshNonce();
  return Buffer.concat([nonce, sealUnderGivenNonceForVectors(key, nonce, associated, plaintext)]);
}

const drawn = Buffer.alloc(256 * NONCE_BYTES);
let used = drawn.length;

/** Drawn many at a time, since each draw costs as much as a seal; each is given out once. A nonce is no secret. */
function freshNonce(): Buffer {
  if (used === drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  return Buffer.from(drawn.subarray(used, (used += NONCE_BYTES)));
}

/** Opens what xaesSeal made; throws on anything else, and then nothing of the plaintext is released. */
export function xaesOpen(key: KeyObject, associated: Buffer, sealed: Buffer): Buffer {
  return xaesOpener(key, associated, sealed)();
}

/**
 * Opens one sealed value as often as it is called. Its subkey is kept: that is safe, because a subkey belongs to one nonce and so to this
 * one value, nothing is ever sealed under it again, and it tells no more than the key beside it, which is held all the time.
 */
export function xaesOpener(key: KeyObject, associated: Buffer, sealed: Buffer): () => Buffer {
  if (sealed.length < XAES_OVERHEAD_BYTES) throw new RangeError('shorter than nonce and tag');
  const { subkey, iv } = derive(key, sealed.subarray(0, NONCE_BYTES));
  const tagAt = sealed.length - TAG_BYTES;
  const [ciphertext, tag] = [sealed.subarray(NONCE_BYTES, tagAt), sealed.subarray(tagAt)];
  return () => gcmOpen(subkey, iv, associated, ciphertext, tag);
}

/** Only for xaesSeal above and for published vectors: a nonce used twice gives away the plaintexts. */
export function sealUnderGivenNonceForVectors(
  key: KeyObject,
  nonce: Buffer,
  associated: Buffer,
  plaintext: Buffer,
): Buffer {
  const { subkey, iv } = derive(key, nonce);
  return gcmSeal(subkey, iv, associated, plaintext);
}

function derive(key: KeyObject, nonce: Buffer): { subkey: KeyObject; iv: Buffer } {
  const half = nonce.subarray(0, IV_BYTES);
  // The SP 800-108 counter mode input: 16-bit counter, label 'X', zero byte, context. Each is one whole CMAC block.
  const blocks = Buffer.concat([Buffer.from([0, 1, 0x58, 0]), half, Buffer.from([0, 2, 0x58, 0]), half]);
  const { cipher, k1 } = blockCipherOf(key);
  for (let at = 0; at < blocks.length; at++) blocks.writeUInt8(blocks.readUInt8(at) ^ k1.readUInt8(at % 16), at);
  const raw = cipher.update(blocks);
  // A KeyObject, because a raw Buffer as the key makes decryption 4 times slower on Node 24.
  const subkey = createSecretKey(raw);
  raw.fill(0);
  return { subkey, iv: nonce.subarray(IV_BYTES) };
}

interface BlockCipher {
  cipher: Cipher;
  k1: Buffer;
}

// Both depend on the key alone. K1 is as secret as the key, hence kept beside it and nowhere that a log could reach.
const blockCiphers = new WeakMap<KeyObject, BlockCipher>();

/**
 * The bare block cipher with the CMAC subkey K1 (SP 800-38B, 6.1): the encryption of zero, doubled in GF(2^128). ECB is safe here and only
 * here: its output is a key, and its input blocks always differ. It carries nothing from block to block, so one cipher serves all.
 */
function blockCipherOf(key: KeyObject): BlockCipher {
  const known = blockCiphers.get(key);
  if (known !== undefined) return known;
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  const zero = cipher.update(Buffer.alloc(16));
  const k1 = Buffer.alloc(16);
  for (let at = 0; at < 16; at++) {
    const carry = at < 15 ? zero.readUInt8(at + 1) >> 7 : (zero.readUInt8(0) >> 7) * 0x87;
    k1.writeUInt8(((zero.readUInt8(at) << 1) & 0xff) ^ carry, at);
  }
  const made = { cipher, k1 };
  blockCiphers.set(key, made);
  return made;
}
