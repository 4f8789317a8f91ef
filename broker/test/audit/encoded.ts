import { createHash } from 'node:crypto';

/** A row as docs/audit-evidence.md describes it, column by column; null where it is empty. */
export type Described = readonly (readonly [type: keyof typeof TYPES, value: string | number | null])[];

// PostgreSQL's numbers of the types, and their binary form.
const TYPES = {
  timestamptz: [1184, (value: string) => int64(microsSince2000(value))],
  uuid: [2950, (value: string) => Buffer.from(value.replaceAll('-', ''), 'hex')],
  bigint: [20, (value: number) => int64(BigInt(value))],
  integer: [23, (value: number) => int32(value)],
  text: [25, (value: string) => Buffer.from(value, 'utf8')],
  jsonb: [3802, (value: string) => Buffer.concat([Buffer.of(1), Buffer.from(value, 'utf8')])],
} as const;

/** Of `2026-11-20T10:00:00.123456Z`, or with fewer digits. */
function microsSince2000(value: string): bigint {
  const [, toTheSecond, fraction = ''] = /^(.+?)(?:\.(\d+))?Z$/.exec(value) ?? [];
  return BigInt(Date.parse(`${toTheSecond}Z`) - Date.UTC(2000, 0, 1)) * 1_000n + BigInt(fraction.padEnd(6, '0'));
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** Written from the description alone, without the database: what anybody else's verifier would do. */
export function encoded(row: Described): Buffer {
  const columns = row.map(([type, value]) => {
    const [oid, bytesOf] = TYPES[type];
    if (value === null) return Buffer.concat([int32(oid), int32(-1)]);
    const bytes = (bytesOf as (value: string | number) => Buffer)(value);
    return Buffer.concat([int32(oid), int32(bytes.length), bytes]);
  });
  return Buffer.concat([int32(row.length), ...columns]);
}

/** The 16 bytes that a seal keeps of a row. */
export const digestOf = (salt: Buffer, row: Described): Buffer =>
  createHash('sha256').update(salt).update(encoded(row)).digest().subarray(0, 16);
