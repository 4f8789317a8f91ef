import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { BrokerError } from '../../shared/broker-error';
import { isBlank, textOf } from '../../shared/connection';
import { clientField, isExpression, locatedValue, serviceField } from '../../shared/connection-fields';
import { asking, credentialOf, listOf } from '../ask';
import { howMany, howManyFields } from '../how-many';
import type { Operation } from '../operation';

const DAY_SECONDS = 86_400;

const STATUSES = [
  { name: 'Active', value: 'active' },
  { name: 'App Suspended', value: 'app_suspended' },
  { name: 'Client Suspended', value: 'client_suspended' },
  { name: 'Disabled', value: 'disabled' },
  { name: 'Expired', value: 'expired' },
  { name: 'Key Unavailable', value: 'key_unavailable' },
  { name: 'Reauthorization Required', value: 'reauth_required' },
  { name: 'Refreshing', value: 'refreshing' },
  { name: 'Retrying After a Failure', value: 'backoff' },
  { name: 'Uncertain', value: 'uncertain' },
];

/** Connections with their status, one item each. */
export const getManyConnections: Operation = {
  name: 'Get Many',
  value: 'getAll',
  description: 'Get many connections with their status',
  action: 'Get many connections',
  fields: [
    ...howManyFields,
    {
      displayName: 'Filters',
      name: 'filters',
      type: 'collection',
      placeholder: 'Add filter',
      default: {},
      options: [
        clientField({ description: 'Whose connections; - stands for those of the organization itself' }),
        {
          displayName: 'Consent Ends Within (Days)',
          name: 'consentEndsWithinDays',
          type: 'number',
          typeOptions: { minValue: 0 },
          default: 14,
          description: 'Whose client has to consent again by then, or already has to',
        },
        {
          displayName: 'Expires Within (Days)',
          name: 'expiresWithinDays',
          type: 'number',
          typeOptions: { minValue: 0 },
          default: 14,
          description: 'Whose token ends by then, and nothing will renew it',
        },
        serviceField({ description: 'To which service' }),
        {
          displayName: 'Status',
          name: 'status',
          type: 'options',
          options: STATUSES,
          default: 'reauth_required',
          description: 'In which state',
        },
      ],
    },
  ],
  async run(itemIndex): Promise<IDataObject[]> {
    const credential = await credentialOf.call(this, itemIndex);
    const query = filtersOf.call(this, itemIndex);
    const most = howMany.call(this, itemIndex);
    return await listOf(asking.call(this, credential), { path: '/v1/connections', query, most });
  },
};

function filtersOf(this: IExecuteFunctions, itemIndex: number) {
  const filters = this.getNodeParameter('filters', itemIndex, {}) as IDataObject;
  const written = (this.getNode().parameters.filters ?? {}) as IDataObject;
  // One that finds nothing would list everybody's.
  const text = (name: string, label: string) => {
    const value = locatedValue(filters[name]);
    return isBlank(value) && !isExpression(written[name]) ? undefined : textOf(label, value);
  };
  const days = (name: string, label: string) => {
    if (!(name in filters)) return undefined;
    const seconds = Math.round(Number(textOf(label, filters[name])) * DAY_SECONDS);
    if (seconds >= 0) return seconds;
    throw new BrokerError(`"${label}" must be a number of days`, { reasonCode: 'invalid_input' });
  };
  return {
    clientId: text('clientId', 'Client'),
    service: text('service', 'Service'),
    status: text('status', 'Status'),
    expiresWithin: days('expiresWithinDays', 'Expires Within (Days)'),
    consentEndsWithin: days('consentEndsWithinDays', 'Consent Ends Within (Days)'),
  };
}
