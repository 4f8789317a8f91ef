import type { ConnectionKind } from '../../types/credential';
import type { PlannedState } from '../../types/refresh-state';

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
  /** The provider's host is known to be out, and this attempt was the probe: its failure says nothing about the connection. */
  hostIsOut: boolean;
  kind: ConnectionKind;
  rotation: 'none' | 'grace' | 'strict';
  graceSeconds: number | null;
  refreshAheadSeconds: number | null;
  /** The known end of the consent; null: unknown. */
  consentEndsAt: Date | null;
}

/** What became of an attempt, as far as the next state depends on it. */
export type Outcome =
  | { class: 'granted'; expiresAt: Date; lifetimeSeconds: number; movingEndAt: Date | null }
  | { class: 'permanent' | 'app' | 'malformed' | 'transient' | 'unknown'; code: string; retryAfterMs: number | null }
  /** The provider counts the requests of the app, or of our address, not those of one connection. */
  | { class: 'throttled'; code: string; retryAfterMs: number | null }
  /** Refused, while the answer of an earlier attempt of unknown end may still come in, until then. */
  | { class: 'awaited'; code: string; until: Date }
  /** The request may have been processed: no answer, or its worker died. */
  | { class: 'uncertain'; code: string; retryAfterMs: number | null }
  /** Something sealed did not open, or the service cannot be called: nothing left. */
  | { class: 'unusable'; code: string }
  /** The token was asked after, and still works. */
  | { class: 'alive' }
  /** The provider would refuse before then: nothing was sent. */
  | { class: 'early'; code: string; until: Date }
  /** The token has expired, and such a token cannot be renewed any more: nothing was sent. */
  | { class: 'expired'; code: string }
  /** Nothing was sent, and nothing is wrong with the connection. retryAfterMs null: a retry would not help. */
  | { class: 'unsent'; code: string; retryAfterMs: number | null };

export type EventType =
  | 'connection.refreshed'
  | 'connection.recovered'
  | 'connection.refresh_failed'
  | 'connection.reauth_required'
  | 'connection.integrity';

export interface NextState extends PlannedState {
  events: EventType[];
  /** 'fails': every secret was refused, suspend the app; 'waits': pause it; 'works': lift a suspension that this attempt was a probe of. */
  app: 'works' | 'fails' | 'waits' | null;
}
