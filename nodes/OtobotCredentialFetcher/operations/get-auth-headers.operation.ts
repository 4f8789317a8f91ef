import type { IDataObject } from 'n8n-workflow';

import { connectionFields } from '../../shared/connection-fields';
import { grantFor, grantOptions } from '../grant';
import type { Operation } from '../operation';

/** The headers with which a request is authenticated, however the service wants its credential. Choosing it is the opt-in. */
export const getAuthHeaders: Operation = {
  name: 'Get Auth Headers',
  value: 'getAuthHeaders',
  description: "Get the request headers that carry a client's token or API key",
  action: 'Get auth headers of a credential',
  fields: [
    {
      displayName:
        "The headers contain the client's token, and n8n stores what a node returns: they will be readable in the execution data, outside the reach of Otobot. Use them only where neither an HTTP Request node with this credential nor the Otobot API Request node will do.",
      name: 'authHeadersNotice',
      type: 'notice',
      default: '',
    },
    ...connectionFields(),
    grantOptions,
  ],
  async run(itemIndex): Promise<IDataObject> {
    const { clientId, service, name, connectionId, headers, baseUrl, allowedHosts, expiresAt } = await grantFor.call(
      this,
      itemIndex,
    );
    return { clientId, service, name, connectionId, headers, baseUrl, allowedHosts, expiresAt };
  },
};
