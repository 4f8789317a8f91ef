import { Problem } from '../../errors/problem';
import { BadUsage } from '../bad-usage';
import type { Ask, Field, Input } from '../managing/declaration';
import { isPage, type Members } from '../managing/json';
import { text } from '../terminal/table';

export const INSTANCE: Field = { flags: '<instance>', about: 'its name, or its id', to: 'params.id' };
export const CREDENTIAL: Field = {
  flags: '<credential>',
  about: 'its id, or client/service[/name] where it stands there as one type',
  to: 'params.credentialId',
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Takes the name of an n8n instance for its id. */
export async function locateInstance(input: Input, ask: Ask): Promise<Input> {
  const given = String(input.params.id);
  if (UUID.test(given)) return input;
  const found = await all(ask, 'GET /v1/n8n-instances', {}, ({ name }) => name === given);
  if (found[0] !== undefined) return { ...input, params: { ...input.params, id: found[0].id } };
  throw new Problem('not_found', `There is no n8n instance "${given}". GET /v1/n8n-instances lists them.`);
}

/** The same, and `client/service/name` for the id of that credential there. */
export async function locateCredential(given: Input, ask: Ask): Promise<Input> {
  const input = await locateInstance(given, ask);
  const named = String(input.params.credentialId);
  if (UUID.test(named)) return input;
  const [clientId = '', service, name = 'default'] = named.split('/');
  const fits = (item: Members): boolean =>
    item.clientId === (clientId === '' ? '-' : clientId) && item.service === service && item.name === name;
  const found = await all(ask, 'GET /v1/n8n-instances/:id/credentials', { id: input.params.id }, fits);
  const [first, second] = found;
  if (second !== undefined) {
    const ids = found.map(({ id, type }) => `${text(id ?? null)} (${text(type ?? null)})`).join(', ');
    throw new BadUsage(`<credential>: ${named} stands there as several types`, `name one by its id: ${ids}`);
  }
  if (first !== undefined) return { ...input, params: { ...input.params, credentialId: first.id } };
  throw new Problem('not_found', `${named} is not kept there. GET /v1/n8n-instances/:id/credentials lists what is.`);
}

async function all(
  ask: Ask,
  route: Parameters<Ask>[0],
  params: Input['params'],
  fits: (item: Members) => boolean,
): Promise<Members[]> {
  const found: Members[] = [];
  for (let cursor: unknown = undefined; ;) {
    const page = await ask(route, { params, query: { limit: '500', ...(cursor === undefined ? {} : { cursor }) } });
    if (!isPage(page)) return found;
    found.push(...page.items.filter(fits));
    if (page.nextCursor === null) return found;
    cursor = page.nextCursor;
  }
}
