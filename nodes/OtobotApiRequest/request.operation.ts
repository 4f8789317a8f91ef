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
  const pages = pagesOf(
    call,
    async (page) => {
      const answer = await exchange(page, limits);
      if (answer.status >= 400 && !neverError) throw new ApiError(answer);
      return answer;
    },
    pagination,
  );
  const items: INodeExecutionData[] = [];
  for await (const page of pages) items.push(...(await itemsOf(page, response)));
  return items.map((item) => ({ ...item, pairedItem: { item: itemIndex } }));
}
