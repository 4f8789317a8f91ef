/** One link of the chain over the audit, as it is stored. */
export interface AuditSeal {
  /** Counts from 1, without gaps. */
  id: number;
  /** Microseconds since 1970, by the database's clock. */
  sealedAtUs: number;
  /** Which columns of a row are covered, and how they are encoded. */
  format: number;
  /** Who sealed it. */
  processId: string;
  /** It covers the batches above `fromBatch`, up to `toBatch`. */
  fromBatch: number;
  toBatch: number;
  rows: number;
  /** In the chain up to here. */
  rowsTotal: number;
  /** How many of its rows are of which UTC day (`2026-11-20`). */
  days: Readonly<Record<string, number>>;
  salt: Buffer;
  /** 16 bytes for each row, in the order of batch, process and sequence. */
  rowDigests: Buffer;
  keyVersion: number;
  head: Buffer;
}

/** The newest link: whoever knows it from elsewhere notices when the chain ends before it. */
export interface AuditHead {
  id: number;
  /** 64 hexadecimal digits. */
  head: string;
  /** In the chain up to here. */
  rows: number;
  sealedAt: Date;
}
