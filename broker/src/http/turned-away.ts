import type { Logger } from '../log/logger';
import { ownEntry } from '../services/audit/own-entry';
import type { Refusals } from '../services/audit/refusals';
import { createTally, type Tally } from './tally';

/** Of what the door counts, that which was a request; the rest are connections on which none came. */
const REQUESTS = new Set(['overloaded', 'invalid_request', 'uri_too_long', 'headers_too_large']);
const NOBODY = { organizationId: null, actor: 'unknown' };

/**
 * Who is turned away before he is recognised leaves no row and no line of his own, or a flood would fill the disk with itself: once a
 * second one line tells how many there were of each kind, and the audit one row for each kind of request.
 */
export function tallyTurnedAway(log: Logger, refusals: Refusals): Tally {
  return createTally((counts) => {
    log.warn('turned away', counts);
    for (const [code, count] of Object.entries(counts)) {
      if (!REQUESTS.has(code)) continue;
      refusals.note(ownEntry({ ...NOBODY, action: 'request', code, detail: { count } }));
    }
  });
}
