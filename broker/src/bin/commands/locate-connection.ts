import { Problem } from '../../errors/problem';
import type { Ask, Input } from '../managing/declaration';
import { isPage } from '../managing/json';

/** Takes `client/service` or `client/service/name` for the id of that connection, without a client for the organization's own. */
export async function locateConnection(input: Input, ask: Ask): Promise<Input> {
  const [clientId, service, name = 'default'] = String(input.params.id).split('/');
  if (service === undefined) return input;
  const page = await ask('GET /v1/connections', {
    query: { clientId: clientId === '' ? '-' : clientId, service, limit: '500' },
  });
  const found = isPage(page) ? page.items.find((item) => item.name === name) : undefined;
  if (found !== undefined) return { ...input, params: { id: found.id } };
  throw new Problem('not_found', `There is no connection ${String(input.params.id)}. GET /v1/connections lists them.`);
}
