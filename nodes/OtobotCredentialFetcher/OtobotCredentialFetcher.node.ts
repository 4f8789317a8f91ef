import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { asItem, asNodeError } from '../shared/failure';
import { searchClients, searchServices } from '../shared/lookups';
import { firstVersionFields } from './first-version';
import { operationOf, resourceFields } from './operations';

export class OtobotCredentialFetcher implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Otobot Credential Fetcher',
    name: 'otobotCredentialFetcher',
    icon: { light: 'file:../../icons/otobot.svg', dark: 'file:../../icons/otobot.dark.svg' },
    group: ['input'],
    version: [1, 1.1],
    defaultVersion: 1.1,
    subtitle:
      '={{ $parameter["operation"].replace(/[A-Z]/g, " $&").toLowerCase() + ($parameter["resource"] ? ": " + $parameter["resource"] : "") }}',
    description: "Look after clients and their connections in the Otobot broker, and get a client's credential",
    defaults: { name: 'Otobot Credential Fetcher' },
    // Not a tool: with the secret included, a client's token could reach a language model.
    usableAsTool: undefined,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'otobotDatabaseApi', required: true }],
    properties: [
      // n8n takes a node that says no version for version 0.
      ...firstVersionFields({ '@version': [{ _cnd: { lt: 1.1 } }] }),
      ...resourceFields({ '@version': [{ _cnd: { gte: 1.1 } }] }),
    ],
  };

  methods = { listSearch: { searchClients, searchServices } };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const results: INodeExecutionData[] = [];
    for (let itemIndex = 0; itemIndex < this.getInputData().length; itemIndex++) {
      try {
        const answer = await operationOf.call(this, itemIndex).run.call(this, itemIndex);
        const items = Array.isArray(answer) ? answer : [answer];
        results.push(...items.map((json) => ({ json, pairedItem: { item: itemIndex } })));
      } catch (error) {
        if (!this.continueOnFail()) throw asNodeError(this.getNode(), error, itemIndex);
        results.push(asItem(error, itemIndex));
      }
    }
    return [results];
  }
}
