import type { Database, Tx } from '../../db/database';
import type { Logger } from '../../log/logger';
import {
  doubtRotatingTokens,
  findPause,
  findWhereabouts,
  pauseRefreshing,
  rememberWhereabouts,
} from '../../repositories/installation';

const REASON = 'this database was restored from a backup, or is a copy of another';

/**
 * What must happen to a database whose tokens are from another time or belong to another installation: nothing is refreshed until an
 * operator says so, and refresh tokens that change with each use count as used. Nobody is asked to reconnect for it. Returns how many.
 */
async function markRestored(tx: Tx): Promise<number> {
  await pauseRefreshing(tx, REASON);
  const doubted = await doubtRotatingTokens(tx);
  await rememberWhereabouts(tx);
  return doubted;
}

/** Before a worker touches anything: recognises a database that is not where it was when a worker last started on it, and marks it. */
export async function recogniseDatabase(database: Database, log: Logger): Promise<void> {
  await database.transaction(async (tx) => {
    const whereabouts = await findWhereabouts(tx);
    if (whereabouts === 'new') await rememberWhereabouts(tx);
    if (whereabouts !== 'moved') return;
    const uncertain = await markRestored(tx);
    log.error(`${REASON}: refreshing is paused until \`otobot refresh --resume\``, { uncertain });
  });
}

/** A pause that was forgotten ends with dead tokens, so the log repeats it. */
export async function tellOfPause(database: Database, log: Logger): Promise<void> {
  const pause = await findPause(database);
  if (pause === null) return;
  log.warn('refreshing is paused until `otobot refresh --resume`', {
    since: pause.since.toISOString(),
    reason: pause.reason,
  });
}
