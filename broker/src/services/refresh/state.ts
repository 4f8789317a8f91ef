import type { ConnectionKind, StoredStatus } from '../../types/credential';

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

/** What else the next state depends on. Database time throughout. */
export interface RefreshFacts {
  now: Date;
  /** In [0, 1). */
  random: number;
  attemptStartedAt: Date;
  /** Of the attempt before this one. */
  previousAttemptAt: Date | null;
  /** Somebody is waiting for this refresh. */
  readerWaits: boolean;
  kind: ConnectionKind;
  rotation: 'none' | 'grace' | 'strict';
  graceSeconds: number | null;
  refreshAheadSeconds: number | null;
  /** The known end of the consent; null: unknown. */
  consentEndsAt: Date | null;
}

/** What became of an attempt, as far as the next state depends on it. */
export type Outcome =
  | { class: 'granted'; expiresAt: Date; lifetimeSeconds: number }
  | { class: 'permanent' | 'app' | 'malformed' | 'transient' | 'unknown'; code: string; retryAfterMs: number | null }
  /** The request may have been processed: no answer, or its worker died. */
  | { class: 'uncertain'; code: string; retryAfterMs: number | null }
  /** Something sealed did not open, or the service cannot be called: nothing left. */
  | { class: 'unusable'; code: string }
  /** Nothing was sent, and nothing is wrong with the connection. retryAfterMs null: a retry would not help. */
  | { class: 'unsent'; code: string; retryAfterMs: number | null };

export type EventType =
  | 'connection.refreshed'
  | 'connection.recovered'
  | 'connection.refresh_failed'
  | 'connection.reauth_required'
  | 'connection.integrity';

export interface NextState {
  status: StoredStatus;
  statusReason: string | null;
  failureCount: number;
  failingSince: Date | null;
  uncertainSince: Date | null;
  permanentCode: string | null;
  lastErrorCode: string | null;
  /** Null: never again by itself. */
  nextRefreshAt: Date | null;
  /** Waiting readers may bring the next attempt forward to here; null: to now. */
  notBeforeAt: Date | null;
  events: EventType[];
  /** 'fails': every secret was refused, suspend the app; 'works': lift a suspension that this attempt was a probe of. */
  app: 'works' | 'fails' | null;
}
