import type { IDataObject } from 'n8n-workflow';

import { chosenConnection, chosenConnectionFields } from '../chosen-connection';
import type { Operation } from '../operation';

/** Takes one connection out of service; enabling it again is left to people. */
export const disable: Operation = {
  name: 'Disable',
  value: 'disable',
  description: 'Take a connection out of service: nothing is released or refreshed until it is enabled in Otobot',
  action: 'Disable a connection',
  fields: chosenConnectionFields(),
  async run(itemIndex): Promise<IDataObject> {
    const { ask, named, path } = await chosenConnection.call(this, itemIndex);
    return await ask({ method: 'POST', path: `${await path()}/disable` }, named ?? undefined);
  },
};
