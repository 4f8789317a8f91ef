import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { ApiError } from './api-error';
import { exchange } from './exchange';
import { pagesOf } from './pagination';
import { callOf } from './parameters';
import { itemsOf } from './response';
import { settingsOf } from './settings';
import { assertNotChosenByModel } from './tool';

/**
 * One item's call to the API, on behalf of its client, and the items that the answer becomes.
 *
 * @throws BrokerError when the broker or this node refuses it, ApiError when the API does
 */
export async function requestOf(this: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData[]> {
  assertNotChosenByModel(this.getNode());
  const call = await callOf.call(this, itemIndex);
  const { exchange: limits, pagination, response, neverError } = await settingsOf.call(this, itemIndex);
  const pages = pagesOf(call, pagination, {
    fetch: async (page) => {
      const answer = await exchange(page, limits);
      if (answer.status >= 400 && !neverError) throw new ApiError(answer);
      return answer;
    },
    onMore: () => this.addExecutionHints({ message: tooMany(pagination.maxPages), location: 'outputPane' }),
  });
  const items: INodeExecutionData[] = [];
  for await (const page of pages) for (const item of await itemsOf(page, response)) items.push(item);
  return items.map((item) => ({ ...item, pairedItem: { item: itemIndex } }));
}

function tooMany(maxPages: number): string {
  return `There are more pages than ${maxPages}, which were fetched. Raise "Max Pages" to have them too.`;
}
