import type { Database, Tx } from '../../db/database';
import type { Logger } from '../../log/logger';
import {
  endCalmIncidents,
  findUntold,
  forgetIncidents,
  hasIncidents,
  recallFailed,
  tellOfEnd,
  tellOfOpening,
  type Incident,
} from '../../repositories/provider-incidents';

/** In one word what kind of outage it is: by the code of its latest failure. */
export type IncidentCause = 'certificate' | 'unreachable' | 'errors';

const UNREACHABLE = /^(timeout|dns|connection_refused|connection_reset|unreachable|network|truncated)$/;

export function causeOf(code: string): IncidentCause {
  if (code.startsWith('tls.')) return 'certificate';
  return UNREACHABLE.test(code) ? 'unreachable' : 'errors';
}

const factsOf = ({ host, code, openedAt }: Incident) => ({ host, cause: causeOf(code), code, openedAt });

/** The one event of an outage at its beginning: for everybody whom it concerns by now and who has not been told. */
export async function tellOfOutage(tx: Tx, id: number): Promise<void> {
  const untold = await findUntold(tx, id);
  if (untold !== null) await tellOfOpening(tx, id, { state: 'open', ...factsOf(untold) });
}

/** What becomes of incidents with time: what failed before is tried again, and what has been well for a while is over. */
export async function followIncidents(database: Database, log: Logger): Promise<void> {
  if (!(await hasIncidents(database))) return;
  await database.transaction(async (tx) => {
    const recalled = await recallFailed(tx);
    if (recalled > 0) log.info('what failed while a provider was out is due again', { connections: recalled });
    for (const ended of await endCalmIncidents(tx))
      await tellOfEnd(tx, ended.id, { state: 'ended', ...factsOf(ended), closedAt: ended.closedAt });
    await forgetIncidents(tx);
  });
}
