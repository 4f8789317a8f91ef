// The workflows of the group `credential`.
import { http, items, otobot, workflow } from '../../workflows.mjs';

/** Stands for the client `acme`, wherever it is resolved. */
export const EXPRESSION = '={{ "acme" }}';

const PAGINATION = {
  pagination: {
    paginationMode: 'updateAParameterInEachRequest',
    parameters: { parameters: [{ type: 'qs', name: 'page', value: '={{ $pageCount + 1 }}' }] },
    limitPagesFetched: true,
    maxRequests: 2,
  },
};

/** All that stores no secret. */
export function everyday(api, broker) {
  const perItem = items([{ clientId: 'acme' }, { clientId: 'globex' }]);
  const request = (name, credential, path, more) => http(name, credential, `${api}${path}`, more);
  return workflow('everyday', [
    [...perItem, request('Request per item', 'per-item', '/per-item')],
    [...perItem, fetcher('Fetch per item', 'per-item')],
    [fetcher('Fetch without resource', 'acme', { operation: 'getCredentials' })],
    [fetcher('Fetch for an override', 'acme', { clientId: 'globex' })],
    [fetcher('Fetch for nobody', 'acme', { clientId: '={{ $json.missing }}' })],
    [request('Request with an API key', 'keyed', '/keyed')],
    [request('Rejected token', 'rejected', '/rejected')],
    [request('Failing POST', 'failing', '/fails/post', { method: 'POST' })],
    [
      request('Rejected POST', 'posting', '/posting', { method: 'POST' }),
      request('After the POST', 'posting', '/after'),
    ],
    [request('Foreign host', 'foreign', '/foreign')],
    [http('The broker itself', 'acme', `${broker}/v1/clients`)],
    [request('Unconnected request', 'unconnected', '/unconnected')],
    [fetcher('Unconnected fetch', 'unconnected')],
    [request('Unknown client', 'unknown', '/unknown')],
    [request('Wrong internal token', 'wrong-token', '/wrong')],
    [request('No client in the item', 'per-item', '/nobody')],
    [...perItem, request('Paginated', 'per-item', '/paginated', { options: { pagination: PAGINATION } })],
    [...perItem, { ...request('Version 2', 'per-item', '/version-2'), typeVersion: 2 }],
  ]);
}

/** A run that ends with an error. */
export function stopping(api) {
  return workflow('stopping', [[{ ...http('Stops', 'failing', `${api}/fails/hard`), onError: 'stopWorkflow' }]]);
}

/** The opt-in, which n8n stores. */
export function includingSecret() {
  return workflow('secret', [
    [fetcher('Fetch with secret', 'acme', { operation: 'getCredentials', includeSecret: true })],
  ]);
}

function fetcher(name, credential, parameters = { operation: 'getCredentials' }) {
  return otobot('otobotCredentialFetcher', name, credential, parameters);
}
