import type { INodeProperties } from 'n8n-workflow';

import { connectionNameOption } from '../shared/connection-fields';

const batching: INodeProperties = {
  displayName: 'Batching',
  name: 'batching',
  type: 'fixedCollection',
  placeholder: 'Add batching',
  default: { batch: {} },
  options: [
    {
      displayName: 'Batching',
      name: 'batch',
      values: [
        {
          displayName: 'Items per Batch',
          name: 'batchSize',
          type: 'number',
          typeOptions: { minValue: 1 },
          default: 1,
          description: 'How many items are sent at the same time',
        },
        {
          displayName: 'Batch Interval (Ms)',
          name: 'batchInterval',
          type: 'number',
          typeOptions: { minValue: 0 },
          default: 1000,
          description: 'How long to wait between two batches',
        },
      ],
    },
  ],
};

const response: INodeProperties = {
  displayName: 'Response',
  name: 'response',
  type: 'fixedCollection',
  placeholder: 'Add response',
  default: { response: {} },
  options: [
    {
      displayName: 'Response',
      name: 'response',
      values: [
        {
          displayName: 'Include Response Headers and Status',
          name: 'fullResponse',
          type: 'boolean',
          default: false,
          description: 'Whether to return status and headers beside the body. Cookies are left out.',
        },
        {
          displayName: 'Never Error',
          name: 'neverError',
          type: 'boolean',
          default: false,
          description: 'Whether an error status of the API is an answer like any other',
        },
        {
          displayName: 'Response Format',
          name: 'responseFormat',
          type: 'options',
          options: [
            { name: 'Autodetect', value: 'autodetect' },
            { name: 'File', value: 'file' },
            { name: 'JSON', value: 'json' },
            { name: 'Text', value: 'text' },
          ],
          default: 'autodetect',
        },
        {
          displayName: 'Put Output in Field',
          name: 'outputPropertyName',
          type: 'string',
          default: 'data',
          description: 'Field of the item for a text, and for a file',
        },
      ],
    },
  ],
};

export const optionsField: INodeProperties = {
  displayName: 'Options',
  name: 'options',
  type: 'collection',
  placeholder: 'Add option',
  default: {},
  options: [
    batching,
    connectionNameOption,
    {
      displayName: 'Follow Redirects',
      name: 'followRedirects',
      type: 'boolean',
      default: true,
      description: 'Whether to follow redirects. The credential never goes along to another host.',
    },
    {
      displayName: 'Items Path',
      name: 'itemsPath',
      type: 'string',
      default: '',
      placeholder: 'e.g. data.items',
      description: 'Where the list of items is in the answer. Leave empty if the answer is the list.',
    },
    {
      displayName: 'Longest Wait (Seconds)',
      name: 'maxRetryWait',
      type: 'number',
      typeOptions: { minValue: 0 },
      default: 60,
      description: 'If the API asks to wait longer before the next attempt, the error is returned at once',
    },
    response,
    {
      displayName: 'Retries',
      name: 'maxRetries',
      type: 'number',
      typeOptions: { minValue: 0, maxValue: 10 },
      default: 3,
      description:
        'How often a request is repeated after 429, or after 502, 503 and 504 where a repetition does nothing twice (not for POST and PATCH)',
    },
    {
      displayName: 'Split Into Items',
      name: 'splitIntoItems',
      type: 'boolean',
      default: true,
      description: 'Whether each entry of a list becomes an item of its own',
    },
    {
      displayName: 'Timeout (Ms)',
      name: 'timeout',
      type: 'number',
      typeOptions: { minValue: 1 },
      default: 60000,
      description: 'How long to wait for the answer to one request',
    },
  ],
};
