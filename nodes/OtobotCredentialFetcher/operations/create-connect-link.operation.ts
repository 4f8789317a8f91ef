import type { IDataObject } from 'n8n-workflow';

import { isBlank } from '../../shared/connection';
import { connectionAsked, connectionFields, connectionNameOption } from '../../shared/connection-fields';
import { asking, credentialOf } from '../ask';
import type { Operation } from '../operation';

const DAY_SECONDS = 86_400;

/** A link by which a client connects an account, once. It is in this answer only. */
export const createConnectLink: Operation = {
  name: 'Create Connect Link',
  value: 'createConnectLink',
  description: 'Create a link to send to a client, by which they connect their account',
  action: 'Create a connect link',
  fields: [
    ...connectionFields(),
    {
      displayName: 'Options',
      name: 'options',
      type: 'collection',
      placeholder: 'Add option',
      default: {},
      options: [
        connectionNameOption,
        {
          displayName: 'Expires In (Days)',
          name: 'expiresInDays',
          type: 'number',
          typeOptions: { minValue: 0, maxValue: 90, numberPrecision: 3 },
          default: 7,
          description: 'How long the link can be used; at most 90 days',
        },
        {
          displayName: 'Reason',
          name: 'reason',
          type: 'string',
          default: '',
          placeholder: 'e.g. So that your invoices reach your Drive',
          description: 'Why it is asked for, in your own words; the client reads it',
        },
        {
          displayName: 'Return URL',
          name: 'returnUrl',
          type: 'string',
          default: '',
          placeholder: 'e.g. https://agency.example.com/thanks',
          description: 'Where the client may go afterwards',
        },
        {
          displayName: 'Scopes',
          name: 'scopes',
          type: 'string',
          default: '',
          description: "What is asked for in place of the app's or the service's scopes, parted by spaces or commas",
        },
        {
          displayName: 'Tenant',
          name: 'tenant',
          type: 'string',
          default: '',
          placeholder: 'e.g. acme.myshopify.com',
          description: "What is the client's own in the URLs of the service; the page asks for it unless given",
        },
      ],
    },
  ],
  async run(itemIndex): Promise<IDataObject> {
    const credential = await credentialOf.call(this, itemIndex);
    const named = await connectionAsked.call(this, itemIndex, credential);
    const { expiresInDays, reason, returnUrl, scopes, tenant } = this.getNodeParameter(
      'options',
      itemIndex,
      {},
    ) as IDataObject;
    const given = Object.entries({ reason, returnUrl, scopes, tenant }).filter(([, value]) => !isBlank(value));
    const body = {
      ...named,
      ...Object.fromEntries(given),
      ...(isBlank(expiresInDays) ? {} : { expiresIn: Math.round(Number(expiresInDays) * DAY_SECONDS) }),
    };
    return await asking.call(this, credential)({ method: 'POST', path: '/v1/connect-links', body }, named);
  },
};
