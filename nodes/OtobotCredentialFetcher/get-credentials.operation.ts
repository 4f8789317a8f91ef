import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { requestGrant } from '../shared/broker';
import { BrokerError } from '../shared/broker-error';
import { attributionOf, brokerAddress, connectionOf, isBlank } from '../shared/connection';
import type { Grant, GrantRequest } from '../shared/contract';

const displayOptions = { show: { operation: ['getCredentials'] } };

export const getCredentialsFields: INodeProperties[] = [
  {
    displayName: 'Client ID',
    name: 'clientId',
    type: 'string',
    default: '',
    placeholder: 'e.g. acme',
    description: 'On whose behalf. Leave empty to use the Client ID of the credential.',
    displayOptions,
  },
  {
    displayName: 'Service',
    name: 'service',
    type: 'string',
    default: '',
    placeholder: 'e.g. google',
    description: 'Name of the service in Otobot. Leave empty to use the service of the credential.',
    displayOptions,
  },
  {
    displayName: 'Include Secret',
    name: 'includeSecret',
    type: 'boolean',
    default: false,
    description: 'Whether to add the token or API key itself to the output',
    displayOptions,
  },
  {
    displayName:
      'n8n stores what a node returns: the secret will be readable in the execution data, outside the reach of Otobot. To call an API, leave this off and choose this credential in an HTTP Request node instead.',
    name: 'includeSecretNotice',
    type: 'notice',
    default: '',
    displayOptions: { show: { operation: ['getCredentials'], includeSecret: [true] } },
  },
  {
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    placeholder: 'Add option',
    default: {},
    displayOptions,
    options: [
      {
        displayName: 'Connection Name',
        name: 'connectionName',
        type: 'string',
        default: 'default',
        description: 'Which connection, where the client has several to this service',
      },
      {
        displayName: 'Minimum Lifetime (Seconds)',
        name: 'minTtl',
        type: 'number',
        typeOptions: { minValue: 0 },
        default: 300,
        description: 'How long the token must still live at least; the broker refreshes it first if need be',
      },
    ],
  },
];

/** One item's credential: what is known about it and, only where asked for, the secret. */
export async function getCredentialsOf(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
  const operation = this.getNodeParameter('operation', itemIndex, 'getCredentials');
  if (operation !== 'getCredentials') {
    throw new BrokerError(`There is no operation "${String(operation)}"`, { reasonCode: 'invalid_input' });
  }
  // For each item: the credential's fields may be expressions, and every item may belong to another client.
  const credentials = await this.getCredentials('otobotDatabaseApi', itemIndex);
  const { minTtl, connectionName } = this.getNodeParameter('options', itemIndex, {}) as IDataObject;
  const asked: GrantRequest = {
    ...connectionOf({
      clientId: ownOr.call(this, 'clientId', itemIndex, credentials.clientId),
      service: ownOr.call(this, 'service', itemIndex, credentials.service),
      connectionName: connectionName ?? credentials.connectionName,
    }),
    ...(typeof minTtl === 'number' ? { minTtl } : {}),
    ...attributionOf({ workflowId: this.getWorkflow().id, executionId: this.getExecutionId() }),
  };
  const grant = await requestGrant(this.helpers.httpRequest, brokerAddress(credentials), asked);
  const includeSecret = this.getNodeParameter('includeSecret', itemIndex, false) === true;
  return includeSecret ? { ...metadataOf(grant), ...secretOf(grant) } : metadataOf(grant);
}

/**
 * The node's own field, or the credential's where it was left empty. An expression that finds nothing is not "left
 * empty": falling back then would fetch the token of another client.
 */
function ownOr(this: IExecuteFunctions, field: 'clientId' | 'service', itemIndex: number, fallback: unknown): unknown {
  const value: unknown = this.getNodeParameter(field, itemIndex, '');
  const written: unknown = this.getNode().parameters[field];
  const isExpression = typeof written === 'string' && written.startsWith('=');
  return isBlank(value) && !isExpression ? fallback : value;
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

function metadataOf(grant: Grant): IDataObject {
  return Object.fromEntries(METADATA.map((field) => [field, grant[field] ?? null]));
}

function secretOf(grant: Grant): IDataObject {
  return Object.fromEntries(SECRET.filter((field) => grant[field] !== undefined).map((field) => [field, grant[field]]));
}
