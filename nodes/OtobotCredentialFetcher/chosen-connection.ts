import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { BrokerError } from '../shared/broker-error';
import { textOf, type ConnectionName } from '../shared/connection';
import { connectionAsked, connectionFields, connectionNameOption } from '../shared/connection-fields';
import { asking, credentialOf, type Ask } from './ask';

const byName = { connectionBy: ['clientAndService'] };

/** How a connection is chosen: by what people call it, or by its ID, as another node returned it. `more` stands among the options. */
export function chosenConnectionFields(more: INodeProperties[] = []): INodeProperties[] {
  return [
    {
      displayName: 'Choose Connection By',
      name: 'connectionBy',
      type: 'options',
      options: [
        { name: 'Client and Service', value: 'clientAndService' },
        { name: 'Connection ID', value: 'id' },
      ],
      default: 'clientAndService',
    },
    ...connectionFields({ show: byName }),
    {
      displayName: 'Connection ID',
      name: 'connectionId',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. 0f8fad5b-d9cb-469f-a165-70867728950e',
      description: 'As Get Many and Get Status return it',
      displayOptions: { show: { connectionBy: ['id'] } },
    },
    {
      displayName: 'Options',
      name: 'options',
      type: 'collection',
      placeholder: 'Add option',
      default: {},
      options: [
        { ...connectionNameOption, displayOptions: { show: { '/connectionBy': ['clientAndService'] } } },
        ...more,
      ],
      ...(more.length === 0 && { displayOptions: { show: byName } }),
    },
  ];
}

/** The connection that an item is about, and the way to ask about it. */
export interface Chosen {
  ask: Ask;
  /** null: chosen by its ID. */
  named: ConnectionName | null;
  /** As it is listed; null: it was never made. */
  find(): Promise<IDataObject | null>;
  /** The path of its routes. Throws BrokerError where it was never made. */
  path(): Promise<string>;
}

/** @throws BrokerError where the fields name no connection */
export async function chosenConnection(this: IExecuteFunctions, itemIndex: number): Promise<Chosen> {
  const credential = await credentialOf.call(this, itemIndex);
  const ask = asking.call(this, credential);
  if (this.getNodeParameter('connectionBy', itemIndex, 'clientAndService') === 'id') {
    const path = pathOf(textOf('Connection ID', this.getNodeParameter('connectionId', itemIndex, '')));
    return { ask, named: null, find: () => ask({ method: 'GET', path }), path: () => Promise.resolve(path) };
  }
  const named = await connectionAsked.call(this, itemIndex, credential);
  const find = () => findByName(ask, named);
  return { ask, named, find, path: async () => pathOf(String(((await find()) ?? (await neverMade(ask, named))).id)) };
}

/**
 * A connection that is not there: of a client and a service that are, or it is a slip of the pen.
 *
 * @throws BrokerError where there is no such client or service
 */
export async function assertKnown(ask: Ask, named: ConnectionName): Promise<void> {
  const { clientId, service } = named;
  if (clientId !== '-') await ask({ method: 'GET', path: `/v1/clients/${encodeURIComponent(clientId)}` }, named);
  await ask({ method: 'GET', path: `/v1/services/${encodeURIComponent(service)}` }, named);
}

async function findByName(ask: Ask, named: ConnectionName): Promise<IDataObject | null> {
  const { items } = await ask<{ items: IDataObject[] }>(
    { method: 'GET', path: '/v1/connections', query: { ...named } },
    named,
  );
  return items[0] ?? null;
}

function pathOf(id: string): string {
  if (/^[0-9a-f-]{36}$/i.test(id)) return `/v1/connections/${id}`;
  throw new BrokerError(`"Connection ID" is not the ID of a connection, which Get Many returns as "id": ${id}`, {
    reasonCode: 'invalid_input',
  });
}

async function neverMade(ask: Ask, named: ConnectionName): Promise<never> {
  await assertKnown(ask, named);
  const { clientId, service, name } = named;
  const which = name === 'default' ? '' : ` as "${name}"`;
  throw new BrokerError(
    `Client "${clientId}" has not connected "${service}"${which} yet. Send them a link: Otobot Credential Fetcher, Connection → Create Connect Link`,
    { reasonCode: 'never_connected' },
  );
}
