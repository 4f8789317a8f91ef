import type { IDataObject, ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { callBroker } from './broker';
import { brokerAddress } from './connection';

/** A page of a drop-down; n8n asks for the next one as the list is scrolled. */
const PAGE_SIZE = 100;

interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** For `methods.listSearch`: the clients that the internal token may act for. */
export async function searchClients(
  this: ILoadOptionsFunctions,
  filter?: string,
  paginationToken?: string,
): Promise<INodeListSearchResult> {
  const { items, nextCursor } = await page.call(this, '/v1/clients', filter, paginationToken);
  return {
    results: items.map(({ clientId, name }) => ({ name: labelled(name, clientId), value: String(clientId) })),
    paginationToken: nextCursor ?? undefined,
  };
}

/** For `methods.listSearch`: the services that the internal token may use. */
export async function searchServices(
  this: ILoadOptionsFunctions,
  filter?: string,
  paginationToken?: string,
): Promise<INodeListSearchResult> {
  const { items, nextCursor } = await page.call(this, '/v1/services', filter, paginationToken);
  return {
    results: items.map(({ name, displayName }) => ({ name: labelled(displayName, name), value: String(name) })),
    paginationToken: nextCursor ?? undefined,
  };
}

async function page(
  this: ILoadOptionsFunctions,
  path: string,
  filter?: string,
  cursor?: string,
): Promise<Page<IDataObject>> {
  const broker = brokerAddress(await this.getCredentials('otobotDatabaseApi'));
  const query = { limit: PAGE_SIZE, cursor, search: filter?.trim() || undefined };
  return await callBroker<Page<IDataObject>>(this.helpers.httpRequest, broker, { method: 'GET', path, query });
}

/** The name for people with the ID beside it, where that is another. */
function labelled(name: unknown, id: unknown): string {
  return name === id || !name ? String(id) : `${String(name)} (${String(id)})`;
}
