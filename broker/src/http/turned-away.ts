import type { Logger } from '../log/logger';
import { auditEntry } from '../services/access/authorize';
import type { Refusals } from '../services/audit/refusals';
import { createTally, type Tally } from './tally';

/** Of what the door counts, that which was a request; the rest are connections on which none came. */
const REQUESTS = new Set(['overloaded', 'invalid_request', 'uri_too_long', 'headers_too_large']);
const NOBODY = { presented: null, address: null, userAgent: null, requestId: '' };

/**
 * Who is turned away before he is recognised leaves no row and no line of his own, or a flood would fill the disk with itself: once a
 * second one line tells how many there were of each kind, and the audit one row for each kind of request.
 */
export function tallyTurnedAway(log: Logger, refusals: Refusals): Tally {
  return createTally((counts) => {
    log.warn('turned away', counts);
    for (const [code, count] of Object.entries(counts)) {
      if (!REQUESTS.has(code)) continue;
      const entry = auditEntry(NOBODY, { action: 'request', scope: null, detail: { count } }, null, code);
      refusals.note({ ...entry, requestId: null });
    }
  });
}
