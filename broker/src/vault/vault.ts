import { createHmac, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';
import { Problem } from '../errors/problem';
import type { DataKeyRow, Purpose } from '../types/data-key';
import { Keyring, type DataKey } from './keyring';
import { lengthPrefixed } from './length-prefixed';
import { keyVersionOf, recordOpener, sealRecord, type SealContext } from './record';
import type { Roots } from './roots';

export type SealPurpose = Extract<Purpose, 'access' | 'refresh' | 'session'>;
export type MacPurpose = Extract<Purpose, 'pepper' | 'audit'>;
export type MacParts = readonly (string | Buffer)[];

/** The one door to encryption: plaintext exists above it, ciphertext below it. */
export class Vault {
  readonly #roots: Roots;
  #keyring: Keyring;

  /** Throws ConfigurationError when there are keys and none of them unwraps. */
  constructor(roots: Roots, rows: readonly DataKeyRow[]) {
    this.#roots = roots;
    this.#keyring = new Keyring({ roots, rows });
  }

  /** Takes over the keys as they are in the table now; when it throws, the keys held before stay in force. */
  reload(rows: readonly DataKeyRow[]): void {
    this.#keyring = new Keyring({ roots: this.#roots, rows });
  }

  /** What this process holds and lacks, for /ready, the monitor and key rotation. Without key material. */
  get keyring(): Keyring {
    return this.#keyring;
  }

  /** Seals a value into its context. Throws Problem `key_unavailable` when the purpose has no primary key here. */
  seal(purpose: SealPurpose, context: SealContext, plaintext: Buffer | string): { record: Buffer; keyVersion: number } {
    const { version, key } = this.#primary(purpose);
    const bytes = typeof plaintext === 'string' ? Buffer.from(plaintext, 'utf8') : plaintext;
    return { record: sealRecord(key, version, context, bytes), keyVersion: version };
  }

  /**
   * Opens a record in the context that it was sealed in. Throws Problem `key_unavailable` for a key version that is
   * not held (reload once, then it is final), `integrity` when record, context or purpose is any other than sealed.
   * With `storedKeyVersion`, the column beside the record, a damaged header is told from a missing key.
   */
  open(purpose: SealPurpose, context: SealContext, record: Buffer, storedKeyVersion?: number): Buffer {
    return this.opener(purpose, context, record, storedKeyVersion)();
  }

  /**
   * `open` for a record that is opened again and again: what is the same each time, its subkey among it, is made once. Throws as `open`
   * does, here or when it is used; once the keys were reloaded, each use is an `open`.
   */
  opener(purpose: SealPurpose, context: SealContext, record: Buffer, storedKeyVersion?: number): () => Buffer {
    const keyring = this.#keyring;
    const openAgain = this.#checked(context, () => {
      const version = keyVersionOf(record);
      if (version !== (storedKeyVersion ?? version)) throw new Error('its header and its row name different keys');
      const held = this.#held(version);
      // The header chooses among keys, so it must not choose among purposes too.
      if (held.purpose !== purpose) throw new Error(`its key is for ${held.purpose}, not for ${purpose}`);
      return recordOpener(held.key, context, record);
    });
    return () =>
      this.#keyring === keyring
        ? this.#checked(context, openAgain)
        : this.open(purpose, context, record, storedKeyVersion);
  }

  #checked<T>(context: SealContext, work: () => T): T {
    try {
      return work();
    } catch (cause) {
      if (cause instanceof Problem) throw cause;
      throw notOpening(context, cause);
    }
  }

  /** HMAC-SHA256 over the parts, which cannot be mistaken for any other list of parts or another purpose. */
  mac(purpose: MacPurpose, parts: MacParts): { mac: Buffer; keyVersion: number } {
    const key = this.#primary(purpose);
    return { mac: macWith(key, parts), keyVersion: key.version };
  }

  /** Compares in constant time. Throws Problem `key_unavailable` when that key version is not held. */
  verifyMac(purpose: MacPurpose, keyVersion: number, parts: MacParts, mac: Buffer): boolean {
    const key = this.#held(keyVersion);
    if (key.purpose !== purpose) return false;
    const expected = macWith(key, parts);
    return mac.length === expected.length && timingSafeEqual(mac, expected);
  }

  #primary(purpose: Purpose): DataKey {
    const key = this.#keyring.primary(purpose);
    if (key === null) throw new Problem('key_unavailable', `There is no primary encryption key for ${purpose}.`);
    return key;
  }

  #held(version: number): DataKey {
    const key = this.#keyring.find(version);
    if (key === null) throw new Problem('key_unavailable', `Encryption key version ${version} is not available.`);
    return key;
  }

  toJSON(): { keyring: Keyring } {
    return { keyring: this.#keyring };
  }

  [inspect.custom](): string {
    return `Vault ${JSON.stringify(this)}`;
  }
}

function macWith({ key, purpose }: DataKey, parts: MacParts): Buffer {
  return createHmac('sha256', key)
    .update(lengthPrefixed(['otobot/mac/v1', purpose, ...parts]))
    .digest();
}

function notOpening({ kind, rowId, field }: SealContext, cause: unknown): Problem {
  const where = new Error(`${field} of ${kind} ${rowId} does not open`, { cause });
  return new Problem('integrity', 'A sealed value was altered, moved or damaged. The operator has to look into it.', {
    cause: where,
  });
}
