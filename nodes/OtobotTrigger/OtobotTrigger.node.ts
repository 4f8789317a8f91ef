import type {
  IHookFunctions,
  INode,
  INodeType,
  INodeTypeDescription,
  IWebhookFunctions,
  IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { clientField, serviceField } from '../shared/connection-fields';
import { asNodeError } from '../shared/failure';
import { searchClients, searchServices } from '../shared/lookups';
import { EVENT_OPTIONS } from './events';
import { receive } from './receive';
import { isSubscribed, subscribe, unsubscribe } from './subscription';

export class OtobotTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Otobot Trigger',
    name: 'otobotTrigger',
    icon: { light: 'file:../../icons/otobot.svg', dark: 'file:../../icons/otobot.dark.svg' },
    group: ['trigger'],
    version: 1,
    subtitle: '={{ $parameter["events"].join(", ") }}',
    description: "Start a workflow when something happens to a client's connection, such as having to connect again",
    defaults: { name: 'Otobot Trigger' },
    // A trigger is nothing that a model could call.
    usableAsTool: undefined,
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'otobotDatabaseApi', required: true }],
    webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'otobot' }],
    properties: [
      {
        displayName: 'Events',
        name: 'events',
        type: 'multiOptions',
        options: EVENT_OPTIONS,
        default: ['connection.reauth_required'],
        required: true,
        description: 'What starts the workflow',
      },
      clientField({ description: 'Only what is about this client. Leave empty for all.' }),
      serviceField({ description: 'Only what is about this service. Leave empty for all.' }),
      {
        displayName: 'Options',
        name: 'options',
        type: 'collection',
        placeholder: 'Add option',
        default: {},
        options: [
          {
            displayName: 'Include Test Event',
            name: 'includeTestEvent',
            type: 'boolean',
            default: false,
            description: "Whether the event of the broker's own test (otobot webhook test) starts the workflow too",
          },
        ],
      },
    ],
  };

  methods = { listSearch: { searchClients, searchServices } };

  webhookMethods = {
    default: {
      async checkExists(this: IHookFunctions): Promise<boolean> {
        return await orNodeError(this.getNode(), isSubscribed.call(this));
      },
      async create(this: IHookFunctions): Promise<boolean> {
        await orNodeError(this.getNode(), subscribe.call(this));
        return true;
      },
      async delete(this: IHookFunctions): Promise<boolean> {
        await unsubscribe.call(this);
        return true;
      },
    },
  };

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    return await receive.call(this);
  }
}

async function orNodeError<Result>(node: INode, asked: Promise<Result>): Promise<Result> {
  try {
    return await asked;
  } catch (error) {
    throw asNodeError(node, error, 0);
  }
}
