import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { connectionFields } from '../../shared/connection-fields';
import type { Operation } from '../operation';
import { grantFor, grantOptions, metadataOf, secretOf } from '../grant';

/** Beside the client and the service, which the first version of the node had as plain text. */
export const getCredentialsOwnFields: INodeProperties[] = [
  {
    displayName: 'Include Secret',
    name: 'includeSecret',
    type: 'boolean',
    default: false,
    description: 'Whether to add the token or API key itself to the output',
  },
  {
    displayName:
      'n8n stores what a node returns: the secret will be readable in the execution data, outside the reach of Otobot. To call an API, leave this off and choose this credential in an HTTP Request node, or the Otobot API Request node, instead.',
    name: 'includeSecretNotice',
    type: 'notice',
    default: '',
    displayOptions: { show: { includeSecret: [true] } },
  },
  grantOptions,
];

/** What is known about a credential and, only where asked for, the secret. */
export const getCredentials: Operation = {
  name: 'Get',
  value: 'getCredentials',
  description: 'Get the state of a credential, and its secret if asked for',
  action: 'Get a credential',
  fields: [...connectionFields(), ...getCredentialsOwnFields],
  async run(itemIndex): Promise<IDataObject> {
    const grant = await grantFor.call(this, itemIndex);
    const includeSecret = this.getNodeParameter('includeSecret', itemIndex, false) === true;
    return includeSecret ? { ...metadataOf(grant), ...secretOf(grant) } : metadataOf(grant);
  },
};
