import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { getCredentialsFields, getCredentialsOf } from './get-credentials.operation';
import { asItem, asNodeError } from '../shared/failure';

export class OtobotCredentialFetcher implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Otobot Credential Fetcher',
    name: 'otobotCredentialFetcher',
    icon: { light: 'file:../../icons/otobot.svg', dark: 'file:../../icons/otobot.dark.svg' },
    group: ['input'],
    version: 1,
    subtitle: '={{ $parameter["operation"] === "getCredentials" ? "get credentials" : $parameter["operation"] }}',
    description: "Get a client's credential from the Otobot broker: its state by default, the secret itself on request",
    defaults: { name: 'Otobot Credential Fetcher' },
    // Not a tool: with the secret included, a client's token could reach a language model.
    usableAsTool: undefined,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'otobotDatabaseApi', required: true }],
    properties: [
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        options: [
          {
            name: 'Get Credentials',
            value: 'getCredentials',
            description: 'Get the state of a credential, and its secret if asked for',
            action: 'Get credentials of a client',
          },
        ],
        default: 'getCredentials',
      },
      ...getCredentialsFields,
    ],
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const results: INodeExecutionData[] = [];
    for (let itemIndex = 0; itemIndex < this.getInputData().length; itemIndex++) {
      try {
        results.push({ json: await getCredentialsOf.call(this, itemIndex), pairedItem: { item: itemIndex } });
      } catch (error) {
        if (!this.continueOnFail()) throw asNodeError(this.getNode(), error, itemIndex);
        results.push(asItem(error, itemIndex));
      }
    }
    return [results];
  }
}
