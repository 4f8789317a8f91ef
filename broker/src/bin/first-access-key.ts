import type { Broker } from '../app/broker';
import { operatorCaller } from '../services/access/operator';

/** The text of a first operator key, where the organization `default` has none yet; else null. */
export async function firstAccessKey({ accessKeys }: Pick<Broker, 'accessKeys'>): Promise<string | null> {
  const caller = operatorCaller('default');
  const { items } = await accessKeys.list(caller, { limit: 1 });
  if (items.length > 0) return null;
  const { key } = await accessKeys.create(caller, { name: 'first key', preset: 'operator' });
  return key;
}
