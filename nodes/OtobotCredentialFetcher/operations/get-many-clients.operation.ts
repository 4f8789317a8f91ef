import type { IDataObject } from 'n8n-workflow';

import { isBlank, textOf } from '../../shared/connection';
import { isExpression } from '../../shared/connection-fields';
import { asking, credentialOf, listOf } from '../ask';
import { howMany, howManyFields } from '../how-many';
import type { Operation } from '../operation';

/** The clients that the internal token may act for, one item each. */
export const getManyClients: Operation = {
  name: 'Get Many',
  value: 'getAll',
  description: 'Get many clients',
  action: 'Get many clients',
  fields: [
    ...howManyFields,
    {
      displayName: 'Filters',
      name: 'filters',
      type: 'collection',
      placeholder: 'Add filter',
      default: {},
      options: [
        {
          displayName: 'Search',
          name: 'search',
          type: 'string',
          default: '',
          placeholder: 'e.g. acm',
          description: 'Part of the Client ID or of the name, in any case',
        },
      ],
    },
  ],
  async run(itemIndex): Promise<IDataObject[]> {
    const credential = await credentialOf.call(this, itemIndex);
    const { search } = this.getNodeParameter('filters', itemIndex, {}) as IDataObject;
    const written = this.getNode().parameters.filters as IDataObject | undefined;
    // An expression that finds nothing would list everybody.
    const query = isBlank(search) && !isExpression(written?.search) ? {} : { search: textOf('Search', search) };
    const most = howMany.call(this, itemIndex);
    return await listOf(asking.call(this, credential), { path: '/v1/clients', query, most });
  },
};
