import type { IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { BrokerError } from '../shared/broker-error';
import { shownWhere, type Operation, type Show } from './operation';
import { createClient } from './operations/create-client.operation';
import { createConnectLink } from './operations/create-connect-link.operation';
import { disable } from './operations/disable.operation';
import { getAuthHeaders } from './operations/get-auth-headers.operation';
import { getCredentials } from './operations/get-credentials.operation';
import { getManyClients } from './operations/get-many-clients.operation';
import { getManyConnections } from './operations/get-many-connections.operation';
import { getStatus } from './operations/get-status.operation';
import { refreshNow } from './operations/refresh.operation';

interface Resource {
  name: string;
  value: string;
  /** In the order of their names. */
  operations: readonly Operation[];
  /** Chosen until another is. */
  first: Operation;
}

/** All that the node can do. */
const RESOURCES: readonly Resource[] = [
  { name: 'Client', value: 'client', operations: [createClient, getManyClients], first: getManyClients },
  {
    name: 'Connection',
    value: 'connection',
    operations: [createConnectLink, disable, getManyConnections, getStatus, refreshNow],
    first: getStatus,
  },
  { name: 'Credential', value: 'credential', operations: [getCredentials, getAuthHeaders], first: getCredentials },
];

/** What workflows mean that name no resource: those of the first version. */
export const DEFAULT_RESOURCE = 'credential';

/** The choice of resource and operation, and the fields of each, where `show` says so. */
export function resourceFields(show: Show): INodeProperties[] {
  const options = RESOURCES.map(({ name, value }) => ({ name, value }));
  const resource = { ...choice('Resource', options), default: DEFAULT_RESOURCE };
  return shownWhere(show, [resource, ...RESOURCES.flatMap(fieldsOfResource)]);
}

function fieldsOfResource({ value: resource, operations, first }: Resource): INodeProperties[] {
  const options = operations.map(({ name, value, description, action }) => ({ name, value, description, action }));
  const operation = { ...choice('Operation', options), default: first.value };
  const fields = operations.flatMap(({ value, fields }) => shownWhere({ operation: [value] }, fields));
  return shownWhere({ resource: [resource] }, [operation, ...fields]);
}

function choice(displayName: string, options: INodePropertyOptions[]): INodeProperties {
  const name = displayName.toLowerCase();
  return { displayName, name, type: 'options', noDataExpression: true, options, default: '' };
}

/** @throws BrokerError where there is no such operation */
export function operationOf(this: IExecuteFunctions, itemIndex: number): Operation {
  const resource = this.getNodeParameter('resource', itemIndex, DEFAULT_RESOURCE) as string;
  const operation = this.getNodeParameter('operation', itemIndex, getCredentials.value) as string;
  const operations = RESOURCES.find(({ value }) => value === resource)?.operations ?? [];
  const found = operations.find(({ value }) => value === operation);
  if (found !== undefined) return found;
  throw new BrokerError(`There is no operation "${operation}" of "${resource}"`, { reasonCode: 'invalid_input' });
}
