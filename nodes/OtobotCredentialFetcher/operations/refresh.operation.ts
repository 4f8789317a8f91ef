import type { IDataObject } from 'n8n-workflow';

import { chosenConnection, chosenConnectionFields } from '../chosen-connection';
import type { Operation } from '../operation';

/** Has the broker refresh a token now. What came of it is `refreshOutcome` in the answer. */
export const refreshNow: Operation = {
  name: 'Refresh Now',
  value: 'refresh',
  description: 'Refresh the token of a connection now, and tell what came of it',
  action: 'Refresh a connection now',
  fields: chosenConnectionFields(),
  async run(itemIndex): Promise<IDataObject> {
    const { ask, named, path } = await chosenConnection.call(this, itemIndex);
    return await ask({ method: 'POST', path: `${await path()}/refresh` }, named ?? undefined);
  },
};
