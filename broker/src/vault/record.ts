import type { KeyObject } from 'node:crypto';
import { lengthPrefixed } from './length-prefixed';
import { XAES_OVERHEAD_BYTES, xaesOpener, xaesSeal } from './xaes';

/**
 * What a sealed value belongs to: immutable facts only. A record opens in exactly the context that it was sealed in,
 * so one moved by SQL to another tenant, client, service, row, field or generation is worthless there.
 */
export interface SealContext {
  organizationId: string;
  /** The public Client ID; null for a value of the organization itself. Never empty. */
  clientId: string | null;
  service: string;
  kind: 'token_set' | 'app' | 'service' | 'webhook' | 'flow' | 'spool' | 'n8n_instance' | 'n8n_credential';
  rowId: string;
  field: string;
  /** 0 where there are none. */
  generation: number;
  /** Where the value may be sent: `audienceOf` its endpoints for refresh tokens and client secrets, '' for all others. */
  audience: string;
}

// format(1) ‖ key_version(4, big endian) ‖ nonce(24) ‖ ciphertext ‖ tag(16)
const FORMAT = 1;
const HEADER_BYTES = 5;
const RECORD_OVERHEAD_BYTES = HEADER_BYTES + XAES_OVERHEAD_BYTES;

/** Seals one value. `keyVersion` goes in clear into the header, and is authenticated. */
export function sealRecord(key: KeyObject, keyVersion: number, context: SealContext, plaintext: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(FORMAT);
  header.writeUInt32BE(keyVersion, 1);
  return Buffer.concat([header, xaesSeal(key, associatedData(keyVersion, context), plaintext)]);
}

/**
 * A function that opens this one record with the key that its header names, as often as it is called; it throws when anything differs from
 * what was sealed.
 */
export function recordOpener(key: KeyObject, context: SealContext, record: Buffer): () => Buffer {
  return xaesOpener(key, associatedData(keyVersionOf(record), context), record.subarray(HEADER_BYTES));
}

/** How many bytes a record holds when it is opened. */
export function plaintextBytes(record: Buffer): number {
  return record.length - RECORD_OVERHEAD_BYTES;
}

/** The key version that a record claims, not authenticated yet; throws RangeError when it cannot be a record. */
export function keyVersionOf(record: Buffer): number {
  if (record.length < RECORD_OVERHEAD_BYTES) throw new RangeError(`a record of ${record.length} bytes is too short`);
  const format = record.readUInt8(0);
  if (format !== FORMAT) throw new RangeError(`unknown record format ${format}`);
  return record.readUInt32BE(1);
}

/**
 * The audience of secrets that are sent to these endpoints: their origins, each once, in one order, so that a second endpoint at the
 * same origin changes nothing. `null`: there is no such endpoint. Throws TypeError for what is no http(s) URL, and for none at all.
 */
export function audienceOf(...endpoints: readonly (string | null)[]): string {
  const origins = endpoints.filter((url) => url !== null).map(originOf);
  if (origins.length === 0) throw new TypeError('a secret that is sent needs an endpoint');
  // No origin has a space in it.
  return [...new Set(origins)].sort().join(' ');
}

function originOf(url: string): string {
  const { protocol, origin } = new URL(url);
  // Every URL of any other scheme has the same origin, the text 'null', and would pass for every other such.
  if (protocol !== 'https:' && protocol !== 'http:') throw new TypeError('an endpoint must be an http(s) URL');
  return origin;
}

/**
 * The bytes that bind a record to its context: injective, every part length-prefixed and always present.
 * Throws for a context that could be read in two ways.
 */
export function associatedData(keyVersion: number, context: SealContext): Buffer {
  if (context.clientId === '') throw new TypeError('an empty Client ID would read as the organization itself');
  if (!Number.isSafeInteger(context.generation) || context.generation < 0) {
    throw new RangeError('the generation must be a whole number, 0 or more');
  }
  return lengthPrefixed([
    'otobot/record/v1',
    String(FORMAT),
    String(keyVersion),
    context.organizationId,
    context.clientId ?? '',
    context.service,
    context.kind,
    context.rowId,
    context.field,
    String(context.generation),
    context.audience,
  ]);
}
