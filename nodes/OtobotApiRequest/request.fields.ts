import type { INodeProperties } from 'n8n-workflow';

/** What is asked of the API. The names are those of n8n's HTTP Request node, where both have the same field. */
export const requestFields: INodeProperties[] = [
  {
    displayName: 'Method',
    name: 'method',
    type: 'options',
    noDataExpression: true,
    options: ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'].map((name) => ({ name, value: name })),
    default: 'GET',
  },
  {
    displayName: 'URL',
    name: 'url',
    type: 'string',
    default: '',
    placeholder: 'e.g. /calendar/v3/users/me/calendarList',
    description:
      "A path below the service's base URL, or a complete URL. Otobot lets it go only to the hosts of the service.",
  },
  {
    displayName: 'Send Query Parameters',
    name: 'sendQuery',
    type: 'boolean',
    default: false,
    description: 'Whether to add query parameters to the URL',
  },
  ...eitherWay('Query', { sendQuery: [true] }, 'Parameters', 'queryParameters', 'jsonQuery'),
  {
    displayName: 'Send Headers',
    name: 'sendHeaders',
    type: 'boolean',
    default: false,
    description: 'Whether to send headers of your own. Those of the credential are set by Otobot.',
  },
  ...eitherWay('Headers', { sendHeaders: [true] }, 'Headers', 'headerParameters', 'jsonHeaders'),
];

type Shown = NonNullable<INodeProperties['displayOptions']>['show'];

/** Names and values one by one, or all as one JSON object, which an expression can make. */
export function eitherWay(
  what: 'Query' | 'Headers' | 'Body',
  show: Shown,
  displayName: string,
  fieldsName: string,
  jsonName: string,
): INodeProperties[] {
  const specify = `specify${what}`;
  return [
    {
      displayName: `Specify ${what}`,
      name: specify,
      type: 'options',
      noDataExpression: true,
      options: [
        { name: 'Using Fields Below', value: 'keypair' },
        { name: 'Using JSON', value: 'json' },
      ],
      default: 'keypair',
      displayOptions: { show },
    },
    namesAndValues(displayName, fieldsName, { ...show, [specify]: ['keypair'] }),
    {
      displayName: 'JSON',
      name: jsonName,
      type: 'json',
      default: '{}',
      displayOptions: { show: { ...show, [specify]: ['json'] } },
    },
  ];
}

function namesAndValues(displayName: string, name: string, show: Shown): INodeProperties {
  return {
    displayName,
    name,
    type: 'fixedCollection',
    typeOptions: { multipleValues: true },
    placeholder: displayName === 'Headers' ? 'Add header' : 'Add parameter',
    default: { parameters: [{ name: '', value: '' }] },
    options: [
      {
        displayName: 'Parameter',
        name: 'parameters',
        values: [
          { displayName: 'Name', name: 'name', type: 'string', default: '' },
          { displayName: 'Value', name: 'value', type: 'string', default: '' },
        ],
      },
    ],
    displayOptions: { show },
  };
}
