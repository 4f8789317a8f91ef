import type { StoredStatus } from './credential';

/** What is stored of a connection's refreshing; the next state is a function of it, the answer and the facts. */
export interface RefreshState {
  status: StoredStatus;
  statusReason: string | null;
  failureCount: number;
  failingSince: Date | null;
  /** Start of the first attempt whose end is unknown, while that is not settled. */
  uncertainSince: Date | null;
  /** A permanent refusal seen once. */
  permanentCode: string | null;
  lastErrorCode: string | null;
  /** End of the access token that is being served; null: there is none. */
  expiresAt: Date | null;
}

/** The state to be stored after an attempt, with the time of the next one. The end of the token goes with its set. */
export interface PlannedState extends Omit<RefreshState, 'expiresAt'> {
  /** Null: never again by itself. */
  nextRefreshAt: Date | null;
  /** Waiting readers may bring the next attempt forward to here; null: to now. */
  notBeforeAt: Date | null;
}
