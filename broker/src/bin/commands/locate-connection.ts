import { Problem } from '../../errors/problem';
import { BadUsage } from '../bad-usage';
import type { Ask, Input } from '../managing/declaration';
import { isPage } from '../managing/json';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Takes `client/service` or `client/service/name` for the id of that connection, without a client for the organization's own. */
export async function locateConnection(input: Input, ask: Ask): Promise<Input> {
  const [clientId, service, name = 'default'] = String(input.params.id).split('/');
  if (service === undefined) {
    if (UUID.test(String(input.params.id))) return input;
    throw new BadUsage('<connection>: must be an id or client/service', '`otobot connection list` lists them');
  }
  const page = await ask('GET /v1/connections', {
    query: { clientId: clientId === '' ? '-' : clientId, service, name },
  });
  const [found] = isPage(page) ? page.items : [];
  if (found !== undefined) return { ...input, params: { id: found.id } };
  throw new Problem('not_found', `There is no connection ${String(input.params.id)}. GET /v1/connections lists them.`);
}
