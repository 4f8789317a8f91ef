import type { INodeProperties } from 'n8n-workflow';

const show = (...modes: string[]) => ({ show: { pagination: modes } });

export const paginationFields: INodeProperties[] = [
  {
    displayName: 'Pagination',
    name: 'pagination',
    type: 'options',
    noDataExpression: true,
    options: [
      {
        name: 'Cursor in the Answer',
        value: 'cursor',
        description: 'The answer has a cursor, which is sent with the next request',
      },
      { name: 'Link Header', value: 'linkHeader', description: 'The answer has a Link header with rel="next"' },
      { name: 'Off', value: 'off' },
      { name: 'Offset', value: 'offset', description: 'A parameter counts the items that were received' },
      { name: 'Page Number', value: 'page', description: 'A parameter counts the pages' },
      { name: 'URL in the Answer', value: 'nextUrl', description: 'The answer has the URL of the next page' },
    ],
    default: 'off',
    description: 'How the API says that there is more. All pages are fetched, one after the other.',
  },
  {
    displayName: 'Cursor Path',
    name: 'cursorPath',
    type: 'string',
    default: '',
    placeholder: 'e.g. paging.next.after',
    description:
      'Where the answer has the cursor of the next page; [-1] stands for the last entry of a list. Nothing there: it was the last page.',
    displayOptions: show('cursor'),
  },
  {
    displayName: 'Next URL Path',
    name: 'nextUrlPath',
    type: 'string',
    default: '',
    placeholder: 'e.g. @odata.nextLink',
    description: 'Where the answer has the URL of the next page. Nothing there: it was the last page.',
    displayOptions: show('nextUrl'),
  },
  {
    displayName: 'More Path',
    name: 'morePath',
    type: 'string',
    default: '',
    placeholder: 'e.g. has_more',
    description: 'Where the answer says whether there is more. False there: it was the last page.',
    displayOptions: show('cursor', 'nextUrl', 'page', 'offset'),
  },
  {
    displayName: 'Page Parameter',
    name: 'pageParameter',
    type: 'string',
    default: '',
    placeholder: 'e.g. page',
    description: 'What asks for a page: the name of a query parameter, or a path in the JSON body (variables.after)',
    displayOptions: show('cursor', 'offset', 'page'),
  },
  {
    displayName: 'Send Page In',
    name: 'sendPageIn',
    type: 'options',
    noDataExpression: true,
    options: [
      { name: 'JSON Body', value: 'body' },
      { name: 'Query', value: 'query' },
    ],
    default: 'query',
    displayOptions: show('cursor', 'offset', 'page'),
  },
  {
    displayName: 'First Page',
    name: 'firstPage',
    type: 'number',
    default: 1,
    description: 'Number of the first page: some APIs begin at 0',
    displayOptions: show('page'),
  },
  {
    displayName: 'Page Size',
    name: 'pageSize',
    type: 'number',
    typeOptions: { minValue: 0 },
    default: 0,
    description:
      'A page with fewer items than this is the last one. 0: pages are fetched until one is empty. The size itself is asked for with a parameter of yours.',
    displayOptions: show('offset', 'page'),
  },
  {
    displayName: 'Max Pages',
    name: 'maxPages',
    type: 'number',
    typeOptions: { minValue: 1 },
    default: 100,
    description: 'Pages that are fetched at most',
    displayOptions: { hide: { pagination: ['off'] } },
  },
];
