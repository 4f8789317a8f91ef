import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from '../../errors/problem';

const RETRY_MS = 250;

/** How long to hold on when the database is away. */
export interface Patience {
  /** On performance.now(); Infinity until the process stops. */
  endsAt: number;
}

/**
 * Runs database work again until the database answers; an answer of a provider waits here rather than get lost. `onAway` is told each
 * time that it did not.
 */
export async function patiently<T>(
  patience: Patience,
  work: () => Promise<T>,
  onAway: () => void = () => undefined,
): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      onAway();
      if (performance.now() > patience.endsAt) throw error;
      await delay(RETRY_MS);
    }
  }
}

export const isUnavailable = (error: unknown): boolean =>
  error instanceof Problem && error.code === 'database_unavailable';
