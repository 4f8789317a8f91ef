import type { IExecuteFunctions, IHttpRequestMethods } from 'n8n-workflow';

import { bodyOf } from './body';
import { invalid, pairsOf, type ApiCall } from './call';
import { fieldsOrJson } from './fields-or-json';

/** Set by the credential or by HTTP itself; a workflow that sets them would only believe that they have an effect. */
const RESERVED_HEADERS = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
]);

/** What one item asks of the API, from the fields of the node. */
export async function callOf(this: IExecuteFunctions, itemIndex: number): Promise<ApiCall> {
  const method = String(this.getNodeParameter('method', itemIndex, 'GET')).toUpperCase() as IHttpRequestMethods;
  const url: unknown = this.getNodeParameter('url', itemIndex, '');
  if (typeof url !== 'string') throw invalid('"URL" must be a text');
  return {
    method,
    url: url.trim(),
    query: queryOf.call(this, itemIndex),
    headers: headersOf.call(this, itemIndex),
    body: await bodyOf.call(this, method, itemIndex),
  };
}

function queryOf(this: IExecuteFunctions, itemIndex: number): [string, string][] {
  if (this.getNodeParameter('sendQuery', itemIndex, false) !== true) return [];
  const query = fieldsOrJson.call(this, 'Query', 'queryParameters', 'jsonQuery', itemIndex);
  return pairsOf('Query parameter', query);
}

function headersOf(this: IExecuteFunctions, itemIndex: number): Record<string, string> {
  if (this.getNodeParameter('sendHeaders', itemIndex, false) !== true) return {};
  const headers = pairsOf('Header', fieldsOrJson.call(this, 'Headers', 'headerParameters', 'jsonHeaders', itemIndex));
  for (const [name, value] of headers) {
    if (RESERVED_HEADERS.has(name.toLowerCase())) {
      throw invalid(`The header "${name}" cannot be set here: Otobot sets what identifies the client`);
    }
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || /[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      throw invalid(`The header "${name}" has a character that HTTP does not allow`);
    }
  }
  return Object.fromEntries(headers);
}
