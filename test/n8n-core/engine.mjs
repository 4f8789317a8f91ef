// n8n's execution engine, its nodes and its handling of credentials, in this process and without a database: a workflow runs in
// milliseconds. What n8n does around a request – resolve expressions for each item, call our hook, store, send again – is
// n8n's own code. Stands in for its database and its cipher only.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const modules = process.env.OTOBOT_N8N_MODULES;
const fromN8n = createRequire(path.join(modules, 'n8n', 'package.json'));
fromN8n('reflect-metadata');
const { Cipher, Credentials, ExecutionLifecycleHooks, WorkflowExecute } = fromN8n('n8n-core');
const { NodeHelpers, Workflow, deepCopy } = fromN8n('n8n-workflow');
const { Container } = fromN8n('@n8n/di');
const { CredentialsHelper } = fromN8n('./dist/credentials-helper.js');
const { convertNodeToAiTool } = fromN8n('./dist/tool-generation/ai-tools.js');
const known = fromN8n('n8n-nodes-base/dist/known/nodes.json');

const ownPackage = createRequire(path.join(process.env.OTOBOT_PACKAGE, 'package.json'));
const { n8n: parts } = ownPackage('./package.json');
const credentialTypes = Object.fromEntries(parts.credentials.flatMap(classesIn).map((type) => [type.name, type]));
const ownNodes = new Map(
  parts.nodes.flatMap(classesIn).map((node) => [`n8n-nodes-otobot.${node.description.name}`, node]),
);
// What n8n stores lies open here, so that a token in it would be found.
Container.set(Cipher, {
  encryptV2: async (data) => (typeof data === 'string' ? data : JSON.stringify(data)),
  decryptV2: async (text) => text,
});

/**
 * One n8n with these credentials, as test/n8n's `credential` makes them.
 * @returns `execute(workflow)` → `{nodes, error, text}` as test/n8n's, and `stored()`: n8n's credential rows, as text
 */
export async function engine(credentials, moreNodes = {}) {
  const rows = new Map();
  for (const { id, name, type, data } of credentials) {
    const sealed = new Credentials({ id, name }, type);
    await sealed.setData(data);
    rows.set(id, { id, name, type, data: sealed.getDataToSave().data, usageScope: 'project' });
  }
  const nodeTypes = typesWith(moreNodes);
  return {
    stored: () => JSON.stringify([...rows.values()]),
    execute: async (definition) => {
      const workflow = new Workflow({ ...definition, nodeTypes });
      const startNode = workflow.getNode(definition.nodes[0].name);
      const run = await new WorkflowExecute(additionalData(rows, definition), 'manual').run({ workflow, startNode });
      return seenIn(run);
    },
  };
}

function typesWith(moreNodes) {
  const loaded = new Map([...ownNodes, ...Object.entries(moreNodes)]);
  const load = (type) => {
    if (!loaded.has(type)) loaded.set(type, nodeOfN8n(type));
    return loaded.get(type);
  };
  return {
    getByName: (type) => load(type.replace(/Tool$/, '')),
    getByNameAndVersion: (type, version) => {
      const node = NodeHelpers.getVersionedNodeType(load(type.replace(/Tool$/, '')), version);
      return type.endsWith('Tool') ? asTool(node) : node;
    },
    getKnownTypes: () => ({}),
  };
}

/** The second node that n8n makes of one, to be connected to an agent. */
function asTool(node) {
  const description = deepCopy(node.description);
  return convertNodeToAiTool(Object.create(node, { description: { value: description, writable: true } }));
}

function nodeOfN8n(type) {
  const { className, sourcePath } = known[type.replace('n8n-nodes-base.', '')];
  return new (fromN8n(`n8n-nodes-base/${sourcePath}`)[className])();
}

function classesIn(file) {
  return Object.values(ownPackage(`./${file}`)).map((Class) => new Class());
}

function additionalData(rows, workflow) {
  const url = 'http://127.0.0.1:5678/';
  return {
    credentialsHelper: credentialsHelper(rows),
    hooks: new ExecutionLifecycleHooks('manual', '17', workflow),
    currentNodeExecutionIndex: 0,
    executionId: '17',
    variables: {},
    externalSecretsProxy: { hasProvider: () => false, listProviders: () => [] },
    setExecutionStatus() {},
    logAiEvent() {},
    ...{ restApiUrl: url, instanceBaseUrl: url, formWaitingBaseUrl: url, formBaseUrl: url, formTestBaseUrl: url },
    ...{ webhookBaseUrl: url, webhookWaitingBaseUrl: url, webhookTestBaseUrl: url },
  };
}

/** n8n's own, with its rows in memory and none of its paid parts. */
function credentialsHelper(rows) {
  return new CredentialsHelper(
    {
      getByName: (name) => credentialTypes[name],
      getParentTypes: () => [],
      getSupportedNodes: () => [],
    },
    { applyOverwrite: (_type, data) => data, usesManagedAuth: () => false },
    {
      findOneByOrFail: async ({ id }) => rows.get(id),
      update: async ({ id }, changed) => void Object.assign(rows.get(id), changed),
    },
    { resolveIfNeeded: async (_entity, data) => ({ data, isDynamic: false }) },
    {},
    { isExternalSecretsLicensed: () => false },
    {},
    {},
    { enforceCredentialDecrypt: async () => {} },
  );
}

function seenIn({ data: { resultData } }) {
  const nodes = {};
  for (const [name, runs] of Object.entries(resultData.runData)) {
    nodes[name] = runs.map(({ data, error }) => ({ items: data?.main?.flat() ?? [], error }));
  }
  return { nodes, error: resultData.error, text: JSON.stringify(resultData) };
}

/** Whether the package has a node of this name. */
export function has(type) {
  return ownNodes.has(`n8n-nodes-otobot.${type}`);
}

/** n8n's version, from its own package.json. */
export const n8nVersion = JSON.parse(fs.readFileSync(path.join(modules, 'n8n', 'package.json'), 'utf8')).version;
