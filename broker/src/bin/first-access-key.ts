import { setTimeout as delay } from 'node:timers/promises';
import type { Broker } from '../app/broker';
import { Problem } from '../errors/problem';
import type { Logger } from '../log/logger';
import { awaitFirstKeyTurn } from '../repositories/access-keys';
import { operatorCaller } from '../services/access/operator';

const RETRY_MS = 250;

/**
 * The text of a first operator key, where the organization `default` has none yet; else null. This process serves already, so a database
 * that is away for a moment must not end it: it is waited for, until `ending`.
 */
export async function firstAccessKey(
  broker: Pick<Broker, 'accessKeys' | 'database'>,
  { ending, log }: { ending: AbortSignal; log: Logger },
): Promise<string | null> {
  for (let tries = 1; ; tries++) {
    try {
      return await madeWhereNoneIs(broker);
    } catch (error) {
      if (!isAway(error)) throw error;
      if (ending.aborted) return null;
      if (tries === 1) log.warn('the database is away: whether there is an access key is looked at when it is back');
      await delay(RETRY_MS, undefined, { signal: ending }).catch(() => undefined);
    }
  }
}

function madeWhereNoneIs({ accessKeys, database }: Pick<Broker, 'accessKeys' | 'database'>): Promise<string | null> {
  // Processes that start together look one after the other, so that one of them makes it.
  return database.transaction(async (tx) => {
    await awaitFirstKeyTurn(tx);
    const caller = operatorCaller('default');
    const { items } = await accessKeys.list(caller, { limit: 1 });
    if (items.length > 0) return null;
    const { key } = await accessKeys.create(caller, { name: 'first key', preset: 'operator' });
    return key;
  });
}

/** The first thing that it does is to write to the audit. */
function isAway(error: unknown): boolean {
  return error instanceof Problem && (error.code === 'database_unavailable' || error.code === 'audit_unavailable');
}
