import type { Database, Tx } from '../../db/database';
import type { Logger } from '../../log/logger';
import {
  endCalmIncidents,
  forgetIncidents,
  hasIncidents,
  recallFailed,
  tellOfIncident,
  type Incident,
} from '../../repositories/provider-incidents';

/** In one word what kind of outage it is: by the code of its latest failure. */
export type IncidentCause = 'certificate' | 'unreachable' | 'errors';

const UNREACHABLE = /^(timeout|dns|connection_refused|connection_reset|unreachable|network|truncated)$/;

export function causeOf(code: string): IncidentCause {
  if (code.startsWith('tls.')) return 'certificate';
  return UNREACHABLE.test(code) ? 'unreachable' : 'errors';
}

/** The one event of an outage at its beginning, and the one at its end. */
export async function tellOf(
  tx: Tx,
  { host, code, openedAt, closedAt }: Incident,
  state: 'open' | 'ended',
): Promise<void> {
  const ended = state === 'ended' ? { closedAt } : {};
  await tellOfIncident(tx, host, { state, host, cause: causeOf(code), code, openedAt, ...ended });
}

/** What becomes of incidents with time: what failed before is tried again, and what has been well for a while is over. */
export async function followIncidents(database: Database, log: Logger): Promise<void> {
  if (!(await hasIncidents(database))) return;
  await database.transaction(async (tx) => {
    const recalled = await recallFailed(tx);
    if (recalled > 0) log.info('what failed while a provider was out is due again', { connections: recalled });
    for (const ended of await endCalmIncidents(tx)) await tellOf(tx, ended, 'ended');
    await forgetIncidents(tx);
  });
}
