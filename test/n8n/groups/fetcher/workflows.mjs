import { items, otobot, withOutcomes, workflow } from '../../workflows.mjs';

export const CLIENTS = [{ clientId: 'fetcher-a' }, { clientId: 'fetcher-b' }, { clientId: 'fetcher-new' }];

/** What a drop-down writes: here with an expression, and as a choice from its list. */
const perItem = { __rl: true, mode: 'id', value: '={{ $json.clientId }}' };
const fromList = (value) => ({ __rl: true, mode: 'list', value, cachedResultName: value });
const PER_ITEM = { clientId: perItem, service: fromList('loopback') };
const ONE = { clientId: fromList('fetcher-b'), service: fromList('loopback') };

/** A run in which every operation happens. */
export function everything(refreshed) {
  const rows = items(CLIENTS);
  return workflow('fetcher', [
    [...rows, node('Get', 'credential', 'getCredentials', PER_ITEM)],
    [...rows, node('Headers', 'credential', 'getAuthHeaders', PER_ITEM)],
    [...rows, node('Status', 'connection', 'getStatus', PER_ITEM)],
    [...rows, node('Links', 'connection', 'createConnectLink', { ...PER_ITEM, options: { reason: 'For the test' } })],
    [
      ...rows,
      node('Many', 'connection', 'getAll', { returnAll: true, filters: { clientId: perItem } }),
      paired('Many'),
    ],
    [
      ...rows,
      node('Nobody', 'connection', 'getAll', { filters: { clientId: { ...perItem, value: '={{ $json.none }}' } } }),
    ],
    [node('Refresh', 'connection', 'refresh', named('refreshed'), 'fetcher-wide'), byId('By ID', refreshed)],
    [node('Preset', 'connection', 'refresh', named('refreshed'))],
    [
      node('Disable', 'connection', 'disable', named('disabled'), 'fetcher-wide'),
      node('Get disabled', 'credential', 'getCredentials', named('disabled')),
    ],
    [
      node('Create', 'client', 'create', { newClientId: 'fetcher-made', clientName: 'Fètcher Made' }, 'fetcher-wide'),
      node('Find', 'client', 'getAll', { filters: { search: 'fètcher' } }),
    ],
    [...rows, firstVersion('First version')],
  ]);
}

/** One output for those who are connected, one for those who are not. */
export function withErrorOutput() {
  const get = { ...node('Split', 'credential', 'getCredentials', PER_ITEM), onError: 'continueErrorOutput' };
  return withOutcomes(workflow('fetcher-errors', [[...items(CLIENTS), get]]), 'Split');
}

function node(name, resource, operation, parameters, credential = 'fetcher') {
  const all = { resource, operation, ...parameters };
  return { ...otobot('otobotCredentialFetcher', name, credential, all), typeVersion: 1.1 };
}

function named(connectionName) {
  return { ...ONE, options: { connectionName } };
}

function byId(name, connectionId) {
  return node(name, 'connection', 'getStatus', { connectionBy: 'id', connectionId, options: { includeHistory: true } });
}

/** As it was written before there were resources, and without a version. */
function firstVersion(name) {
  const parameters = { operation: 'getCredentials', clientId: '={{ $json.clientId }}', service: 'loopback' };
  return { ...otobot('otobotCredentialFetcher', name, 'fetcher', parameters), typeVersion: undefined };
}

/** Who was asked about for each item, as n8n finds the item that it came from. */
function paired(name) {
  const jsonOutput = `={{ { asked: $('Items').item.json.clientId, clientId: $json.clientId, name: $json.name } }}`;
  return {
    name: `${name} paired`,
    type: 'n8n-nodes-base.set',
    typeVersion: 3.4,
    parameters: { mode: 'raw', jsonOutput },
  };
}
