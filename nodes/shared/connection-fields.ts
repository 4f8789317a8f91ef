import type { ICredentialDataDecryptedObject, IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { connectionOf, isBlank, type ConnectionName } from './connection';

type Shown = NonNullable<INodeProperties['displayOptions']>['show'];

/**
 * The client and the service of a node: chosen from the broker's list, or written as an ID or an expression.
 * Empty: those of the credential. The node needs `methods: { listSearch }` with both searches of ./lookups.
 */
export function connectionFields({ show }: { show?: Shown } = {}): INodeProperties[] {
  return [
    clientField({ show, description: 'On whose behalf. Leave empty to use the Client ID of the credential.' }),
    serviceField({ show, description: 'Which service. Leave empty to use the Service of the credential.' }),
  ];
}

/** A client, as the parameter `clientId`. */
export function clientField(shown: { show?: Shown; description: string }): INodeProperties {
  const list = { placeholder: 'Select a client…', searchListMethod: 'searchClients' };
  return locator({ displayName: 'Client', name: 'clientId', list, example: 'e.g. acme', ...shown });
}

/** A service, as the parameter `service`. */
export function serviceField(shown: { show?: Shown; description: string }): INodeProperties {
  const list = { placeholder: 'Select a service…', searchListMethod: 'searchServices' };
  return locator({ displayName: 'Service', name: 'service', list, example: 'e.g. google', ...shown });
}

/** One of the `options` of a node. */
export const connectionNameOption: INodeProperties = {
  displayName: 'Connection Name',
  name: 'connectionName',
  type: 'string',
  default: 'default',
  description: 'Which connection, where the client has several to this service',
};

/**
 * Which connection one item is about: the node's own client and service, or the credential's where those were left
 * empty; the name from `options.connectionName`, or the credential's.
 *
 * @param credentials of this item, where they are at hand; n8n decrypts them anew each time it is asked
 * @throws BrokerError when there is no client or service; an expression that finds nothing never falls back
 */
export async function connectionAsked(
  this: IExecuteFunctions,
  itemIndex: number,
  credentials?: ICredentialDataDecryptedObject,
): Promise<ConnectionName> {
  const own: ICredentialDataDecryptedObject =
    credentials ?? (await this.getCredentials('otobotDatabaseApi', itemIndex));
  const { connectionName } = this.getNodeParameter('options', itemIndex, {}) as IDataObject;
  return connectionOf({
    clientId: ownOr.call(this, 'clientId', itemIndex, own.clientId),
    service: ownOr.call(this, 'service', itemIndex, own.service),
    connectionName: connectionName ?? own.connectionName,
  });
}

/** Falling back for an expression that finds nothing would fetch the token of another client. */
function ownOr(this: IExecuteFunctions, field: 'clientId' | 'service', itemIndex: number, fallback: unknown): unknown {
  const value = locatedValue(this.getNodeParameter(field, itemIndex, ''));
  return isBlank(value) && !isExpression(this.getNode().parameters[field]) ? fallback : value;
}

/** What a resource locator points at. Workflows of earlier versions hold the plain text. */
export function locatedValue(parameter: unknown): unknown {
  return isLocator(parameter) ? parameter.value : parameter;
}

/** Whether a parameter as written is an expression: the whole of it, or what its locator points at. */
export function isExpression(written: unknown): boolean {
  const text = typeof written === 'string' ? written : locatedValue(written);
  return typeof text === 'string' && text.startsWith('=');
}

function isLocator(parameter: unknown): parameter is { value: unknown } {
  return typeof parameter === 'object' && parameter !== null && 'mode' in parameter && 'value' in parameter;
}

interface Locator {
  displayName: string;
  name: string;
  description: string;
  show?: Shown;
  list: { placeholder: string; searchListMethod: string };
  example: string;
}

function locator({ list, example, show, ...named }: Locator): INodeProperties {
  return {
    ...named,
    type: 'resourceLocator',
    default: { mode: 'list', value: '' },
    ...(show && { displayOptions: { show } }),
    modes: [
      {
        displayName: 'From List',
        name: 'list',
        type: 'list',
        placeholder: list.placeholder,
        typeOptions: { searchListMethod: list.searchListMethod, searchable: true },
      },
      { displayName: 'By ID', name: 'id', type: 'string', placeholder: example },
    ],
  };
}
