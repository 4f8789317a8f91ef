import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { requestGrant } from '../shared/broker';
import { attributionOf, brokerAddress } from '../shared/connection';
import { connectionAsked, connectionNameOption } from '../shared/connection-fields';
import type { Grant, GrantRequest } from '../shared/contract';
import { credentialOf } from './ask';

export const grantOptions: INodeProperties = {
  displayName: 'Options',
  name: 'options',
  type: 'collection',
  placeholder: 'Add option',
  default: {},
  options: [
    connectionNameOption,
    {
      displayName: 'Minimum Lifetime (Seconds)',
      name: 'minTtl',
      type: 'number',
      typeOptions: { minValue: 0 },
      default: 300,
      description: 'How long the token must still live at least; the broker refreshes it first if need be',
    },
  ],
};

/** The credential that one item asks for. Throws BrokerError. */
export async function grantFor(this: IExecuteFunctions, itemIndex: number): Promise<Grant> {
  const credential = await credentialOf.call(this, itemIndex);
  const { minTtl } = this.getNodeParameter('options', itemIndex, {}) as IDataObject;
  const asked: GrantRequest = {
    ...(await connectionAsked.call(this, itemIndex, credential)),
    ...(typeof minTtl === 'number' ? { minTtl } : {}),
    ...attributionOf({ workflowId: this.getWorkflow().id, executionId: this.getExecutionId() }),
  };
  return await requestGrant(this.helpers.httpRequest, brokerAddress(credential), asked);
}

/** All that leaves the node by default; a list of what may, so that nothing new slips out with it. */
const METADATA = [
  'clientId',
  'service',
  'name',
  'connectionId',
  'kind',
  'status',
  'expiresAt',
  'scopes',
  'account',
  'baseUrl',
  'allowedHosts',
  'generation',
  'fingerprint',
] as const;
const SECRET = ['accessToken', 'tokenType', 'apiKey', 'username', 'password', 'headers'] as const;

export function metadataOf(grant: Grant): IDataObject {
  return Object.fromEntries(METADATA.map((field) => [field, grant[field] ?? null]));
}

export function secretOf(grant: Grant): IDataObject {
  return Object.fromEntries(SECRET.filter((field) => grant[field] !== undefined).map((field) => [field, grant[field]]));
}
