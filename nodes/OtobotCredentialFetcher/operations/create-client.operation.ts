import type { IDataObject } from 'n8n-workflow';

import { isBlank, textOf } from '../../shared/connection';
import { asking, credentialOf } from '../ask';
import type { Operation } from '../operation';

/** A new client, on whose behalf workflows act from then on. */
export const createClient: Operation = {
  name: 'Create',
  value: 'create',
  description: 'Create a client',
  action: 'Create a client',
  fields: [
    {
      displayName: 'Client ID',
      name: 'newClientId',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. acme',
      description: 'By which workflows name the client; it never changes. Letters, digits, dots, dashes, underscores.',
    },
    {
      displayName: 'Name',
      name: 'clientName',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. Acme Ltd',
      description: 'For people',
    },
    {
      displayName: 'Additional Fields',
      name: 'additionalFields',
      type: 'collection',
      placeholder: 'Add Field',
      default: {},
      options: [
        {
          displayName: 'Email',
          name: 'email',
          type: 'string',
          default: '',
          placeholder: 'e.g. nathan@example.com',
          description: 'Where the client is reached',
        },
        {
          displayName: 'Language',
          name: 'locale',
          type: 'string',
          default: '',
          placeholder: 'e.g. fr',
          description: 'Language tag of the pages and mails that the client sees',
        },
      ],
    },
  ],
  async run(itemIndex): Promise<IDataObject> {
    const credential = await credentialOf.call(this, itemIndex);
    const more = Object.entries(this.getNodeParameter('additionalFields', itemIndex, {}) as IDataObject);
    const body = {
      clientId: textOf('Client ID', this.getNodeParameter('newClientId', itemIndex, '')),
      name: textOf('Name', this.getNodeParameter('clientName', itemIndex, '')),
      ...Object.fromEntries(more.filter(([, value]) => !isBlank(value))),
    };
    return await asking.call(this, credential)({ method: 'POST', path: '/v1/clients', body });
  },
};
