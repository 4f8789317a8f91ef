import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { BrokerError } from './broker-error';
import type { BrokerAddress } from './broker';
import type { GrantRequest } from './contract';

/** Where the broker is, from the fields of the credential. */
export function brokerAddress(credentials: ICredentialDataDecryptedObject): BrokerAddress {
  return {
    apiUrl: textOf('API URL', credentials.apiUrl),
    internalToken: textOf('Internal Token', credentials.internalToken),
  };
}

/** What tells one connection from all others. */
export type ConnectionName = Pick<GrantRequest, 'clientId' | 'service' | 'name'>;

/** Which connection is meant, from the fields of the credential or of a node; refuses a client that is not there. */
export function connectionOf(fields: {
  clientId?: unknown;
  service?: unknown;
  connectionName?: unknown;
}): ConnectionName {
  return {
    clientId: textOf('Client ID', fields.clientId),
    service: textOf('Service', fields.service),
    name: isBlank(fields.connectionName) ? 'default' : textOf('Connection Name', fields.connectionName),
  };
}

/** Which run asks, for the broker's audit. Outside a run n8n gives nothing, or a placeholder. */
export function attributionOf(run: { workflowId?: unknown; executionId?: unknown }) {
  const known = Object.entries({ workflowId: run.workflowId, executionId: run.executionId }).filter(
    ([, id]) => typeof id === 'string' && /^\w[\w-]{0,63}$/.test(id) && id !== UNKNOWN_EXECUTION,
  );
  return Object.fromEntries(known) as Pick<GrantRequest, 'workflowId' | 'executionId'>;
}
const UNKNOWN_EXECUTION = '__UNKNOWN__';

export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/**
 * The text of a field, for which a number will do too.
 *
 * @throws BrokerError for a field that is empty, or that an expression made something else of
 */
export function textOf(field: string, value: unknown): string {
  if (isBlank(value)) {
    throw new BrokerError(
      `"${field}" is empty. Fill it in, in the node or in the credential. If it is an expression, it found nothing in this item: check the name of the property that it reads`,
      { reasonCode: 'invalid_input' },
    );
  }
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new BrokerError(
      `"${field}" must be a text, but its expression gave ${Array.isArray(value) ? 'a list' : typeof value}`,
      {
        reasonCode: 'invalid_input',
      },
    );
  }
  return String(value).trim();
}
