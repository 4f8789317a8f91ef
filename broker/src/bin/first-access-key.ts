import type { Broker } from '../app/broker';

/** The text of a first operator key, where the organization `default` has none yet; else null. */
export async function firstAccessKey({ accessKeys }: Broker): Promise<string | null> {
  const caller = operator('default');
  const { items } = await accessKeys.list(caller, { limit: 1, cursor: undefined });
  if (items.length > 0) return null;
  const { key } = await accessKeys.create(caller, { name: 'first key', preset: 'operator' });
  return key;
}
