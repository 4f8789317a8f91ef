// The workflows that run, in n8n's own format. A node is named after what it is to show.
const TRIGGER = { name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} };

/** All that stores no secret. Errors become items, so that one run shows everything. */
export function everyday(api, broker) {
  const items = chain(rows([{ clientId: 'acme' }, { clientId: 'globex' }]), {
    name: 'Items',
    type: 'n8n-nodes-base.splitOut',
    typeVersion: 1,
    parameters: { fieldToSplitOut: 'rows', options: {} },
  });
  const request = (name, credential, path, method = 'GET') => http(name, credential, `${api}${path}`, method);
  return workflow('everyday', [
    [...items, request('Request per item', 'per-item', '/per-item')],
    [...items, fetcher('Fetch per item', 'per-item')],
    [fetcher('Fetch without resource', 'acme', { operation: 'getCredentials' })],
    [fetcher('Fetch for an override', 'acme', { clientId: 'globex' })],
    [fetcher('Fetch for nobody', 'acme', { clientId: '={{ $json.missing }}' })],
    [request('Request with an API key', 'keyed', '/keyed')],
    [request('Rejected token', 'rejected', '/rejected')],
    [request('Failing POST', 'failing', '/fails/post', 'POST')],
    chain(request('Rejected POST', 'posting', '/posting', 'POST'), request('After the POST', 'posting', '/after')),
    [request('Foreign host', 'foreign', '/foreign')],
    [http('The broker itself', 'acme', `${broker}/v1/clients`)],
    [request('Unconnected request', 'unconnected', '/unconnected')],
    [fetcher('Unconnected fetch', 'unconnected')],
    [request('Unknown client', 'unknown', '/unknown')],
    [request('Wrong internal token', 'wrong-token', '/wrong')],
    [request('No client in the item', 'per-item', '/nobody')],
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

function http(name, credential, url, method = 'GET') {
  return {
    name,
    type: 'n8n-nodes-base.httpRequest',
    typeVersion: 4.2,
    parameters: {
      method,
      url,
      authentication: 'predefinedCredentialType',
      nodeCredentialType: 'otobotDatabaseApi',
      ...(method === 'POST' ? { sendBody: true, specifyBody: 'json', jsonBody: '{"amount":1}' } : {}),
      options: {},
    },
    ...using(credential),
  };
}

function fetcher(name, credential, parameters = { operation: 'getCredentials' }) {
  return {
    name,
    type: 'n8n-nodes-otobot.otobotCredentialFetcher',
    typeVersion: 1,
    parameters,
    ...using(credential),
  };
}

function using(credential) {
  return { credentials: { otobotDatabaseApi: { id: credential, name: credential } }, onError: 'continueRegularOutput' };
}

function rows(values) {
  return {
    name: 'Rows',
    type: 'n8n-nodes-base.set',
    typeVersion: 3.4,
    parameters: { mode: 'raw', jsonOutput: JSON.stringify({ rows: values }), options: {} },
  };
}

function chain(...nodes) {
  return nodes;
}

/** Branches that all begin at the trigger; nodes of one name are one node. */
function workflow(id, branches) {
  const nodes = new Map();
  const connections = {};
  branches.forEach((branch, row) => {
    [TRIGGER, ...branch].forEach((node, column, all) => {
      if (!nodes.has(node.name)) nodes.set(node.name, { ...node, id: node.name, position: [column * 200, row * 150] });
      const next = all[column + 1];
      if (next === undefined) return;
      const targets = (connections[node.name] ??= { main: [[]] }).main[0];
      if (!targets.some((target) => target.node === next.name))
        targets.push({ node: next.name, type: 'main', index: 0 });
    });
  });
  return { id, name: id, nodes: [...nodes.values()], connections, settings: { executionOrder: 'v1' }, active: false };
}
