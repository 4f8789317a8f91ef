// What workflows are made of, in n8n's own format. A node is named after what it is to show.
export const TRIGGER = { name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} };

/** Branches that all begin at the trigger; nodes of one name are one node. @param id of at most 21 characters */
export function workflow(id, branches, trigger = TRIGGER) {
  const nodes = new Map();
  const connections = {};
  branches.forEach((branch, row) => {
    [trigger, ...branch].forEach((node, column, all) => {
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

/** The same workflow, with what leaves `node` by its two outputs in `Succeeded` and `Failed`. */
export function withOutcomes(given, node) {
  const after = ['Succeeded', 'Failed'].map((name, row) => ({
    ...{ name, id: name, type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {}, position: [800, row * 200] },
  }));
  const main = after.map(({ name }) => [{ node: name, type: 'main', index: 0 }]);
  return { ...given, nodes: [...given.nodes, ...after], connections: { ...given.connections, [node]: { main } } };
}

/** The beginning of a branch: one item for each value. */
export function items(values) {
  return [
    {
      name: 'Rows',
      type: 'n8n-nodes-base.set',
      typeVersion: 3.4,
      parameters: { mode: 'raw', jsonOutput: JSON.stringify({ rows: values }), options: {} },
    },
    {
      name: 'Items',
      type: 'n8n-nodes-base.splitOut',
      typeVersion: 1,
      parameters: { fieldToSplitOut: 'rows', options: {} },
    },
  ];
}

/** The HTTP Request node. `more`: other parameters, and `credentialType` where it is not ours. */
export function http(name, credential, url, { credentialType = 'otobotDatabaseApi', method = 'GET', ...more } = {}) {
  return {
    name,
    type: 'n8n-nodes-base.httpRequest',
    typeVersion: 4.2,
    parameters: {
      method,
      url,
      authentication: 'predefinedCredentialType',
      nodeCredentialType: credentialType,
      ...(method === 'POST' ? { sendBody: true, specifyBody: 'json', jsonBody: '{"amount":1}' } : {}),
      options: {},
      ...more,
    },
    ...using(credential, credentialType),
  };
}

/** One of our nodes, such as `otobotCredentialFetcher`. */
export function otobot(type, name, credential, parameters = {}) {
  return { name, type: `n8n-nodes-otobot.${type}`, typeVersion: 1, parameters, ...using(credential) };
}

/** With which credential a node works; its errors become items, so that one run shows everything. */
export function using(credential, type = 'otobotDatabaseApi') {
  return { credentials: { [type]: { id: credential, name: credential } }, onError: 'continueRegularOutput' };
}
