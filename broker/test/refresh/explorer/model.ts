import type { RefreshState } from '../../../src/types/refresh-state';
import type { NextState, Outcome } from '../../../src/services/refresh/state';

/** Seconds since the beginning. */
export type Seconds = number;
export type Rotation = 'none' | 'grace' | 'strict';

/** Of a world: what does not change in it. */
export interface Rules {
  rotation: Rotation;
  graceSeconds: number;
  /** Of every answer, in [0, 1). */
  random: number;
  /** How long the first access token lives from the beginning. */
  firstLifetime: Seconds;
}

/** How much may happen. */
export interface Bounds {
  faults: number;
  readers: number;
}

/** The row of `connections`, as far as refreshing goes. */
export interface Row extends Omit<RefreshState, 'expiresAt' | 'failingSince' | 'uncertainSince'> {
  failingSince: Seconds | null;
  uncertainSince: Seconds | null;
  generation: number;
  attempt: number | null;
  leaseUntil: Seconds | null;
  nextRefreshAt: Seconds | null;
  notBeforeAt: Seconds | null;
  lastAttemptAt: Seconds | null;
  wanted: boolean;
}

export interface TokenSet {
  generation: number;
  refreshToken: number;
  expiresAt: Seconds;
}

/** A row of `refresh_attempts`. */
export interface Attempt {
  worker: number;
  generation: number;
  outcome: string | null;
  /** When it was given up, and when it was begun: only kept of those. */
  lost: { at: Seconds; startedAt: Seconds } | null;
}

/** One request: it travels, then the provider processes it, whether or not its sender still lives. */
export interface Call {
  attempt: number;
  refreshToken: number;
  /** The provider takes longer over it than anybody waits. */
  slow: boolean;
  result: 'travelling' | 'refused' | { refreshToken: number };
}

/** What `claimDue` returns. */
export interface Claim {
  attempt: number;
  /** Under which it was claimed. */
  worker: number;
  startedAt: Seconds;
  previousAttemptAt: Seconds | null;
  readerWaits: boolean;
  row: Row;
  set: TokenSet;
}

/** What `writeCompletions` is given. */
export interface Ended {
  claim: Claim;
  recordedAs: string;
  next: NextState;
  set: TokenSet | null;
  /** The generation and token of the late set that `set` was made from. */
  adopted: TokenSet | null;
}

export type Phase =
  | { at: 'idle' }
  | { at: 'claimed'; claim: Claim }
  | { at: 'waiting'; claim: Claim; call: number; sentAt: Seconds }
  | { at: 'answered'; claim: Claim; outcome: Outcome; granted: TokenSet | null }
  /** A refusal looks for a late answer, before it decides and writes. With PostgreSQL away it is on the disk too. */
  | { at: 'decided'; ended: Ended; spooled: boolean }
  /** Committed, and not yet taken off the disk. */
  | { at: 'written'; ended: Ended };

export interface Worker {
  /** Of its advisory lock. A restarted process, or a new session, has another; null while it has no session. */
  number: number | null;
  frozen: boolean;
  phase: Phase;
  /** Its file on the disk. */
  spool: Ended[];
}

/** Everything there is: PostgreSQL, two workers, the network and the provider. Never changed in place. */
export interface World {
  now: Seconds;
  row: Row;
  current: TokenSet;
  late: (TokenSet & { createdAt: Seconds })[];
  attempts: Attempt[];
  workers: Worker[];
  numbers: number;
  calls: Call[];
  /** Files of workers that are dead, on the disk that all share. */
  orphaned: Ended[];
  /** Tokens that were ever on that disk. */
  onDisk: number[];
  /** When each refresh token was first used, as far as that matters; its index is the token. */
  usedAt: (Seconds | null)[];
  /** How often something may still go wrong. */
  faultsLeft: number;
  /** How often a reader may still ask for a fresh token. */
  readersLeft: number;
  /** What went wrong, for the invariants. */
  happened: { crash: boolean; freeze: boolean; cut: boolean; lost: boolean; lie: boolean; dark: boolean };
}

export const date = (seconds: Seconds): Date => new Date(EPOCH_MS + seconds * 1_000);
export const dateOrNull = (seconds: Seconds | null): Date | null => (seconds === null ? null : date(seconds));
export const seconds = (moment: Date): Seconds => (moment.getTime() - EPOCH_MS) / 1_000;
export const secondsOrNull = (moment: Date | null): Seconds | null => (moment === null ? null : seconds(moment));
const EPOCH_MS = Date.UTC(2030, 0, 1);

const NEW_ROW: Row = {
  ...{ status: 'active', statusReason: null, failureCount: 0, failingSince: null, uncertainSince: null },
  ...{ permanentCode: null, lastErrorCode: null, generation: 1, attempt: null, leaseUntil: null, nextRefreshAt: 0 },
  ...{ notBeforeAt: null, lastAttemptAt: null, wanted: false },
};

/** One connection, due now; nothing has happened yet. */
export function beginning({ firstLifetime }: Rules, { faults, readers }: Bounds): World {
  return {
    now: 0,
    row: NEW_ROW,
    current: { generation: 1, refreshToken: 0, expiresAt: firstLifetime },
    ...{ late: [], attempts: [], calls: [], orphaned: [], onDisk: [], usedAt: [null], numbers: 2 },
    workers: [1, 2].map((number) => ({ number, frozen: false, phase: { at: 'idle' }, spool: [] })),
    ...{ faultsLeft: faults, readersLeft: readers },
    happened: { crash: false, freeze: false, cut: false, lost: false, lie: false, dark: false },
  };
}

/** Whether the provider would take that refresh token now. */
export function isLive({ usedAt, now }: World, { rotation, graceSeconds }: Rules, token: number): boolean {
  const used = usedAt[token] ?? null;
  return rotation === 'none' || used === null || (rotation === 'grace' && now - used <= graceSeconds);
}
