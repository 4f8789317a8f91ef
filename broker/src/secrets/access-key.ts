import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { AccessKeyFacts, KeyEnvironment } from '../types/access-key';
import { base62 } from './base62';

/** What our side keeps of an access key; never the secret itself. */
export interface ParsedAccessKey {
  environment: KeyEnvironment;
  /** The public id, for the look-up. */
  id: string;
  /** SHA-256 of the secret: enough for 256 random bits, where a slow hash protects nothing and costs every request. */
  secretHash: Buffer;
}

// otb_live_<id 12>_<secret 43><crc 6>; fixed widths, so that the expression has one way to match and no backtracking.
const FORMAT = /^(otb_(live|test)_([0-9A-Za-z]{12})_([0-9A-Za-z]{43}))([0-9A-Za-z]{6})$/;
const KEY_LENGTH = 71;

/**
 * A new access key with a 256-bit secret. `text` is shown once and stored nowhere.
 * `randomBytes` must be cryptographically random, such as that of node:crypto.
 */
export function mintAccessKey(
  environment: KeyEnvironment,
  randomBytes: (size: number) => Buffer,
): ParsedAccessKey & { text: string } {
  const id = base62(randomBytes(16), 12);
  const secret = base62(randomBytes(32), 43);
  const body = `otb_${environment}_${id}_${secret}`;
  return { text: body + checksum(body), environment, id, secretHash: sha256(secret) };
}

/** Takes an access key apart, or null for anything else: a typo is refused here, before any look-up. */
export function parseAccessKey(text: string): ParsedAccessKey | null {
  if (text.length !== KEY_LENGTH) return null;
  const [, body, environment, id, secret, crc] = FORMAT.exec(text) ?? [];
  if (body === undefined || id === undefined || secret === undefined || checksum(body) !== crc) return null;
  return { environment: environment === 'live' ? 'live' : 'test', id, secretHash: sha256(secret) };
}

/** Where the id of an access key stands in its text; of any other text, some piece that is the id of no key. */
export function accessKeyId(text: string): string {
  return text.slice('otb_live_'.length, 'otb_live_'.length + 12);
}

/**
 * What the row MAC covers, as one text: no two different rows give the same (lists count as sets).
 * JSON keeps apart what joining would not: null and [], ['a,b'] and ['a', 'b'], a shifted boundary.
 */
export function accessKeyMacInput(row: AccessKeyFacts): string {
  return JSON.stringify([
    'otobot/access-key/v1',
    row.id,
    row.organizationId,
    row.environment,
    sorted(row.scopes),
    sorted(row.clientIds),
    sorted(row.services),
    row.limits === null ? null : Object.entries(row.limits).sort(([a], [b]) => (a < b ? -1 : 1)),
    instant(row.expiresAt),
    instant(row.revokedAt),
    row.secretHash.toString('hex'),
  ]);
}

function sorted(values: readonly string[] | null): string[] | null {
  return values === null ? null : [...values].sort();
}

// Not JSON's own notation of dates: there PostgreSQL's 'infinity' would read as null, "never expires, never revoked".
function instant(at: Date | null): string | null {
  return at === null ? null : String(at.valueOf());
}

function checksum(body: string): string {
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(crc32(body));
  return base62(crc, 6);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
