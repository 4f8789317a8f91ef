import type { Entry } from '../../../provider/scripted/provider.cjs';

/** A process that refreshed, or may have. */
export interface Life {
  pid?: number;
  /** Its numbers as a worker, one after the other. */
  numbers: number[];
  /** In milliseconds since the epoch, as all times here. */
  killedAt: number | null;
  frozen: { from: number; to: number | null }[];
  diedByItself: boolean;
}

/** All that is known afterwards. */
export interface Evidence {
  journal: (Entry & { granted: boolean })[];
  connections: unknown[];
  attempts: unknown[];
  events: unknown[];
  sets: unknown[];
  audit: unknown[];
  lives: Life[];
  /** When PostgreSQL was away. */
  outages: { from: number; to: number | null }[];
  /** Ids of attempts that were once on the disk; files that are there now. */
  spool: { seen: string[]; left: number; aside: number };
}

export interface Verdict {
  /** Must be empty. */
  violations: { what: string; id?: string }[];
  /** Tokens that were on the disk when a worker died. */
  spooled: number;
  calls: number;
  attempts: number;
  /** By rotation and cause: second calls for a generation that the provider had granted tokens for; tokens lost; people asked for nothing. */
  twice: Record<string, number>;
  losses: Record<string, number>;
  alarms: Record<string, number>;
  flaggedAfterMs: number[];
}

/** Compares the provider's journal with token sets, connections, attempts, events, spool and audit, in a world that has come to rest. */
export function check(evidence: Evidence): Verdict;
