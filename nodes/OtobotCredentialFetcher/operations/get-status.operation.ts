import type { IDataObject } from 'n8n-workflow';

import type { ConnectionName } from '../../shared/connection';
import type { Ask } from '../ask';
import { assertKnown, chosenConnection, chosenConnectionFields } from '../chosen-connection';
import type { Operation } from '../operation';

/** What the broker knows about a connection, never its secret. One that was never made is an answer too. */
export const getStatus: Operation = {
  name: 'Get Status',
  value: 'getStatus',
  description: 'Get whether a connection works, until when, and what it needs',
  action: 'Get the status of a connection',
  fields: chosenConnectionFields([
    {
      displayName: 'Include History',
      name: 'includeHistory',
      type: 'boolean',
      default: false,
      description: 'Whether to add the latest attempts to refresh it',
    },
  ]),
  async run(itemIndex): Promise<IDataObject> {
    const { ask, named, find } = await chosenConnection.call(this, itemIndex);
    const { includeHistory } = this.getNodeParameter('options', itemIndex, {}) as IDataObject;
    const found = await find();
    if (found === null) return await neverConnected(ask, named as ConnectionName);
    const { history, ...status } = found;
    if (includeHistory !== true) return status;
    if (history !== undefined) return found;
    return await ask({ method: 'GET', path: `/v1/connections/${String(found.id)}` });
  },
};

async function neverConnected(ask: Ask, named: ConnectionName): Promise<IDataObject> {
  await assertKnown(ask, named);
  const { clientId, service, name } = named;
  return { id: null, clientId, service, name, status: 'never_connected', statusReason: null, expiresAt: null };
}
