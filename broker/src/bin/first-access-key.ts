import type { Broker } from '../app/broker';
import { awaitFirstKeyTurn } from '../repositories/access-keys';
import { operatorCaller } from '../services/access/operator';

/** The text of a first operator key, where the organization `default` has none yet; else null. */
export function firstAccessKey({
  accessKeys,
  database,
}: Pick<Broker, 'accessKeys' | 'database'>): Promise<string | null> {
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
