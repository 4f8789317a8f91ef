/** One change of one row, as the witness took it down (see witness.mjs); in the order of `number`. */
export interface Image {
  /** The transaction that made it. */
  transaction: number;
  /** Table and key: `access_keys abc`. */
  subject: string;
  /** The columns that matter, after the change. null: the row is gone. */
  image: Record<string, unknown> | null;
}

export interface JudgedRelease {
  requestId: string;
  organizationId: string;
  actor: string;
  clientId: string;
  service: string;
  connectionId: string;
  generation: number;
  /** The snapshot of the audit statement: `xmin:xmax:xip,…`. */
  decidedIn: string;
  /** Its time by the database's clock, in milliseconds since the epoch. */
  occurredAt: number;
}

export interface HistoryVerdict {
  /** Must be empty: releases that were not allowed by what their audit statement could see. */
  violations: { what: string; id: string }[];
  judged: number;
  changes: number;
  /** Releases during whose statement a change of what they rest on was not yet committed. */
  contested: number;
}

export function judgeHistory(evidence: {
  images: readonly Image[];
  releases: readonly JudgedRelease[];
}): HistoryVerdict;

export interface TimedAnswer {
  requestId: string;
  asked: { key: { id: string; organizationId: string }; clientId: string; service: string };
  connectionId: string;
  generation: number;
  /** By one monotonic clock, in milliseconds. */
  sentAt: number;
  receivedAt: number;
}

/**
 * The same seen from outside, by one clock. `bans`: from when a change was acknowledged until its end was asked for. `floors`: from when a
 * new token was acknowledged, by connection. Answers that were asked for after that must obey.
 */
export function judgeByClock(evidence: {
  answers: readonly TimedAnswer[];
  bans: ReadonlyMap<string, readonly { from: number; to: number }[]>;
  floors: ReadonlyMap<string, readonly (readonly [since: number, least: number])[]>;
}): { what: string; id: string }[];
