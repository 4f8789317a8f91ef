import { hash } from 'node:crypto';
import { DIGEST_BYTES } from '../../../repositories/audit-seals';
import type { AuditSeal } from '../../../types/audit-seal';
import { dayOf, nameOf, type RowName } from './row-bytes';

/** A row that does not fit its seal, with the digest of what was sealed in its place. */
export interface Mismatch {
  sealed: string | null;
  present: Buffer | null;
  /** The nearest rows that are as they were sealed. */
  before: RowName | null;
  after: RowName | null;
}

export interface Compared {
  /** In their order: altered where both sides are there, missing without `present`, inserted without `sealed`. The first ones only. */
  mismatches: Mismatch[];
  altered: number;
  missing: number;
  inserted: number;
  /** By UTC day, rows that are as they were sealed. */
  intact: ReadonlyMap<string, number>;
}

/** The rows of one seal, in their order, beside the digests that it keeps. */
export interface RowComparison {
  /** Takes the bytes of the next row, in hexadecimal. True: it is as it was sealed. */
  add(hex: string): boolean;
  end(): Compared;
}

/** Names that are kept of one seal: enough to look at, whatever somebody put there. */
const MOST_NAMED = 100;

export function compareRows({ salt, rowDigests, days, rows }: AuditSeal): RowComparison {
  const digestOf = digester(salt);
  const [firstDay = '', ...otherDays] = Object.keys(days);
  const intact = new Map<string, number>();
  const found: Compared = { mismatches: [], altered: 0, missing: 0, inserted: 0, intact };
  /** The digest that is to come, and what stood before it instead. */
  let next = 0;
  let strangers: { hex: string[]; count: number } = { hex: [], count: 0 };
  let last: string | null = null;
  let places: Map<string, number> | null = null;

  // What is missing and what is there instead, between two rows that fit, belong to each other one by one.
  const close = (upTo: number, after: string | null): void => {
    const lost = upTo - next;
    const { count, hex } = strangers;
    const altered = Math.min(lost, count);
    found.altered += altered;
    found.missing += lost - altered;
    found.inserted += count - altered;
    const names = { before: named(last), after: named(after) };
    for (let i = 0; i < Math.max(lost, count) && found.mismatches.length < MOST_NAMED; i++) {
      const present = hex[i] === undefined ? null : Buffer.from(hex[i] as string, 'hex');
      found.mismatches.push({ sealed: i < lost ? digestAt(rowDigests, next + i) : null, present, ...names });
    }
    strangers = { hex: [], count: 0 };
  };

  return {
    add(hex) {
      const digest = digestOf(hex);
      const at = next * DIGEST_BYTES;
      const fits = next < rows && digest.compare(rowDigests, at, at + DIGEST_BYTES, 0, DIGEST_BYTES) === 0;
      if (!fits || strangers.count > 0) {
        places ??= placesOf(rowDigests, rows);
        const place = places.get(digest.toString('hex', 0, DIGEST_BYTES));
        if (place === undefined || place < next) {
          if (strangers.count++ < MOST_NAMED) strangers.hex.push(hex);
          return false;
        }
        close(place, hex);
        next = place;
      }
      const day = otherDays.length === 0 ? firstDay : dayOf(Buffer.from(hex, 'hex'));
      intact.set(day, (intact.get(day) ?? 0) + 1);
      next++;
      last = hex;
      return true;
    },
    end() {
      close(rows, null);
      return found;
    },
  };
}

/** The digest of a row under a salt, as the sealer had PostgreSQL make it. */
export function digester(salt: Buffer): (hex: string) => Buffer {
  let salted = Buffer.concat([salt, Buffer.alloc(2_048)]);
  return (hex) => {
    const length = salt.length + hex.length / 2;
    if (length > salted.length) salted = Buffer.concat([salt, Buffer.alloc(length)]);
    salted.write(hex, salt.length, 'hex');
    return hash('sha256', salted.subarray(0, length), 'buffer');
  };
}

const named = (hex: string | null): RowName | null => (hex === null ? null : nameOf(Buffer.from(hex, 'hex')));

const digestAt = (digests: Buffer, index: number): string =>
  digests.toString('hex', index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES);

function placesOf(digests: Buffer, rows: number): Map<string, number> {
  return new Map(Array.from({ length: rows }, (_, index) => [digestAt(digests, index), index]));
}
