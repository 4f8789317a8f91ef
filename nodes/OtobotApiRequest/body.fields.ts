import type { INodeProperties } from 'n8n-workflow';

import { eitherWay } from './request.fields';

// A body of GET or HEAD would not leave n8n.
const withBody = { method: ['DELETE', 'PATCH', 'POST', 'PUT'] };
const show = { ...withBody, sendBody: [true] };

export const bodyFields: INodeProperties[] = [
  {
    displayName: 'Send Body',
    name: 'sendBody',
    type: 'boolean',
    default: false,
    description: 'Whether to send a body with the request',
    displayOptions: { show: withBody },
  },
  {
    displayName: 'Body Content Type',
    name: 'contentType',
    type: 'options',
    noDataExpression: true,
    options: [
      { name: 'Binary File', value: 'binaryData' },
      { name: 'Form URL Encoded', value: 'form-urlencoded' },
      { name: 'Form-Data', value: 'multipart-form-data' },
      { name: 'JSON', value: 'json' },
      { name: 'Raw', value: 'raw' },
    ],
    default: 'json',
    displayOptions: { show },
  },
  ...eitherWay(
    'Body',
    { ...show, contentType: ['json', 'form-urlencoded'] },
    'Body Parameters',
    'bodyParameters',
    'jsonBody',
  ),
  {
    displayName: 'Body Parts',
    name: 'bodyParts',
    type: 'fixedCollection',
    typeOptions: { multipleValues: true },
    placeholder: 'Add part',
    default: { parameters: [] },
    options: [
      {
        displayName: 'Part',
        name: 'parameters',
        values: [
          {
            displayName: 'Type',
            name: 'parameterType',
            type: 'options',
            options: [
              { name: 'Binary File', value: 'formBinaryData' },
              { name: 'Form Data', value: 'formData' },
            ],
            default: 'formData',
          },
          { displayName: 'Name', name: 'name', type: 'string', default: '' },
          {
            displayName: 'Value',
            name: 'value',
            type: 'string',
            default: '',
            displayOptions: { show: { parameterType: ['formData'] } },
          },
          {
            displayName: 'Input Data Field Name',
            name: 'inputDataFieldName',
            type: 'string',
            default: 'data',
            description: 'Name of the field of the item that holds the file',
            displayOptions: { show: { parameterType: ['formBinaryData'] } },
          },
        ],
      },
    ],
    displayOptions: { show: { ...show, contentType: ['multipart-form-data'] } },
  },
  {
    displayName: 'Input Data Field Name',
    name: 'inputDataFieldName',
    type: 'string',
    default: 'data',
    description: 'Name of the field of the item that holds the file',
    displayOptions: { show: { ...show, contentType: ['binaryData'] } },
  },
  {
    displayName: 'Content Type',
    name: 'rawContentType',
    type: 'string',
    default: 'text/plain',
    displayOptions: { show: { ...show, contentType: ['raw'] } },
  },
  {
    displayName: 'Body',
    name: 'body',
    type: 'string',
    typeOptions: { rows: 4 },
    default: '',
    displayOptions: { show: { ...show, contentType: ['raw'] } },
  },
];
