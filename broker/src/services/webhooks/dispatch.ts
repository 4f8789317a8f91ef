import type { Database } from '../../db/database';
import { dispatchEvents } from '../../repositories/webhook-dispatch';
import { PASSING_TYPES, TOLD_TYPES } from './event-types';

/** A hundred webhooks may hear each of them: the statement has to end in time. */
const AT_ONCE = 250;
/** Then others have their turn. */
const BATCHES = 400;

/** Hands new events on to the webhooks that hear them. Returns how many events that were. */
export async function dispatchDue(database: Database): Promise<number> {
  let dispatched = 0;
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const { events } = await dispatchEvents(database, { limit: AT_ONCE, types: TOLD_TYPES, passing: PASSING_TYPES });
    dispatched += events;
    if (events < AT_ONCE) break;
  }
  return dispatched;
}
