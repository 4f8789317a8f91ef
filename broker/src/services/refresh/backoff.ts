import { HOUR, isAlive, MINUTE, SECOND } from './moments';
import type { RefreshState } from '../../types/refresh-state';
import type { RefreshFacts } from './state';

const FIRST_BACKOFF_MS = 10 * SECOND;
const MAX_BACKOFF_ALIVE_MS = 15 * MINUTE;
const MAX_BACKOFF_DEAD_MS = HOUR;
/** A reader waits 5 s: one early retry fits in. */
const READER_RETRY_MS = 2 * SECOND;

/** Full jitter: clients that failed together do not come back together. */
export function backoffMs(state: RefreshState, facts: RefreshFacts): number {
  const cap = isAlive(state, facts) ? MAX_BACKOFF_ALIVE_MS : MAX_BACKOFF_DEAD_MS;
  const ceiling = Math.min(cap, FIRST_BACKOFF_MS * 2 ** Math.min(state.failureCount, 20));
  const forReader = facts.readerWaits && state.failureCount === 0 ? READER_RETRY_MS : ceiling;
  return Math.min(ceiling, forReader) * facts.random;
}
