import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes, sleep } from 'n8n-workflow';

import { connectionFields } from '../shared/connection-fields';
import { searchClients, searchServices } from '../shared/lookups';
import { bodyFields } from './body.fields';
import { asFailedItem, asRequestError } from './failure';
import { optionsField } from './options.fields';
import { paginationFields } from './pagination.fields';
import { requestFields } from './request.fields';
import { requestOf } from './request.operation';
import { batchingOf } from './settings';
import { forModel, toolNotice } from './tool';

export class OtobotApiRequest implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Otobot API Request',
    name: 'otobotApiRequest',
    icon: { light: 'file:../../icons/otobot.svg', dark: 'file:../../icons/otobot.dark.svg' },
    group: ['output'],
    version: 1,
    subtitle: '={{ $parameter["method"] + ": " + $parameter["url"] }}',
    description: "Call a service's API on behalf of a client; the client's token never enters n8n's data",
    defaults: { name: 'Otobot API Request' },
    // A tool may call the API, but never sees the token, and does not choose the client: see ./tool.
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'otobotDatabaseApi', required: true }],
    properties: [
      toolNotice,
      ...connectionFields({ show: {} }),
      ...requestFields,
      ...bodyFields,
      ...paginationFields,
      optionsField,
    ],
  };

  methods = { listSearch: { searchClients, searchServices } };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const { batchSize, batchIntervalMs } = batchingOf.call(this);
    const indexes = this.getInputData().map((_item, index) => index);
    const results: INodeExecutionData[][] = [];
    for (let start = 0; start < indexes.length; start += batchSize) {
      if (start > 0 && batchIntervalMs > 0) await sleep(batchIntervalMs, this.getExecutionCancelSignal());
      const batch = indexes.slice(start, start + batchSize);
      results.push((await allOf(batch.map((itemIndex) => itemOf.call(this, itemIndex)))).flat());
    }
    return [results.flat()];
  }
}

async function itemOf(this: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData[]> {
  try {
    return await requestOf.call(this, itemIndex);
  } catch (error) {
    const told = forModel(this.getNode(), error);
    if (!this.continueOnFail()) throw asRequestError(this.getNode(), told, itemIndex);
    return [asFailedItem(told, itemIndex)];
  }
}

/** All of a batch come to their end before the first failure is thrown, so that nothing runs on unseen. */
async function allOf<Result>(running: Promise<Result>[]): Promise<Result[]> {
  await Promise.allSettled(running);
  return await Promise.all(running);
}
