import type { RefreshState } from '../../types/refresh-state';
import type { RefreshFacts } from './state';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** Whether the access token still serves. */
export const isAlive = ({ expiresAt }: RefreshState, { now }: RefreshFacts): boolean =>
  expiresAt !== null && expiresAt > now;
export const inMs = ({ now }: RefreshFacts, ms: number): Date => new Date(now.getTime() + ms);
export const secondsAfter = (moment: Date, seconds: number): Date => new Date(moment.getTime() + seconds * SECOND);
export const latest = (a: Date, b: Date | null): Date => (b !== null && b > a ? b : a);
export const earliest = (a: Date, b: Date): Date => (b < a ? b : a);
