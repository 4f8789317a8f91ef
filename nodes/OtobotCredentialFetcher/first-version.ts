import type { INodeProperties } from 'n8n-workflow';

import { getCredentials, getCredentialsOwnFields } from './operations/get-credentials.operation';
import { shownWhere, type Show } from './operation';

/**
 * The node as its first version was: one operation, no resource, client and service as plain text. Workflows that were
 * built with it run unchanged for as long as this stays what it is.
 */
export function firstVersionFields(show: Show): INodeProperties[] {
  const operation: INodeProperties = {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    options: [
      {
        name: 'Get Credentials',
        value: getCredentials.value,
        description: 'Get the state of a credential, and its secret if asked for',
        action: 'Get credentials of a client',
      },
    ],
    default: 'getCredentials',
  };
  return shownWhere(show, [
    operation,
    ...shownWhere({ operation: [getCredentials.value] }, [...plainFields, ...getCredentialsOwnFields]),
  ]);
}

const plainFields: INodeProperties[] = [
  {
    displayName: 'Client ID',
    name: 'clientId',
    type: 'string',
    default: '',
    placeholder: 'e.g. acme',
    description: 'On whose behalf. Leave empty to use the Client ID of the credential.',
  },
  {
    displayName: 'Service',
    name: 'service',
    type: 'string',
    default: '',
    placeholder: 'e.g. google',
    description: 'Name of the service in Otobot. Leave empty to use the Service of the credential.',
  },
];
