// The package as its users get it: through n8n's own command for community packages, into an n8n that has none of ours.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

import { n8nHost } from '../n8n-host.mjs';
import { pack } from '../package-tarball.mjs';
import { mustRun } from '../processes.mjs';
import { jsonOf } from '../reading.mjs';
import { http, items, otobot, workflow } from '../workflows.mjs';
import { npmThatAsks, startRegistry } from './install/registry.mjs';

export const name = 'install';

const PACKAGE = 'n8n-nodes-otobot';
const NEXT_VERSION = '99.0.0';
const CLIENTS = [{ clientId: 'install-acme' }, { clientId: 'install-globex' }];

export async function act({ installation, root, home, onEnd, hosts, api, connect, credential }) {
  const tokens = {};
  for (const { clientId } of CLIENTS) tokens[clientId] = (await connect(clientId)).token;
  const registry = await startRegistry();
  onEnd(registry.close);
  const versions = await twoVersions(root, home('install-tarballs'));
  registry.publish(versions.now.file, versions.now.manifest);

  const pathBefore = `${path.dirname(installation.node)}${path.delimiter}${process.env.PATH}`;
  const settings = npmThatAsks(registry, home('install-npm'), pathBefore);
  const stock = await n8nHost({ installation, folder: home('n8n-stock'), settings });
  await stock.importCredentials([credential('install', { clientId: '={{ $json.clientId }}' })]);
  await stock.importWorkflows([
    workflow('install', [
      [...items(CLIENTS), http('Request', 'install', `=${api.url}/install/{{ $json.clientId }}`)],
      [...items(CLIENTS), otobot('otobotCredentialFetcher', 'Fetch', 'install', { operation: 'getCredentials' })],
    ]),
  ]);
  onEnd(stock.stop);
  await stock.start();
  hosts.push(stock);
  return { stock, registry, versions, tokens };
}

export const guarantees = [
  [
    "n8n's own command installs it from a registry and shows every node and the credential of the package, without a restart",
    async ({ stock, versions }) => {
      const installed = await stock.rest('POST', '/community-packages', { name: PACKAGE });
      assert.equal(installed.installedVersion, versions.now.manifest.version);
      const { nodes, credentials } = versions.now.manifest.n8n;
      assert.equal(installed.installedNodes.length, nodes.length);
      const known = await knownTypes(stock);
      for (const { type } of installed.installedNodes) assert.ok(known.nodes.has(type), type);
      assert.equal(credentials.length, 1);
      assert.ok(known.credentials.has('otobotDatabaseApi'));
      const [listed] = await stock.rest('GET', '/community-packages');
      assert.deepEqual([listed.packageName, listed.failedLoading], [PACKAGE, false]);
    },
  ],
  ['and it works at once', worksAt('/install')],
  [
    'a newer version is offered, and the update takes its place',
    async (stage) => {
      const { stock, registry, versions } = stage;
      registry.publish(versions.next.file, versions.next.manifest);
      const [offered] = await stock.rest('GET', '/community-packages');
      assert.equal(offered.updateAvailable, NEXT_VERSION);
      const updated = await stock.rest('PATCH', '/community-packages', { name: PACKAGE });
      assert.equal(updated.installedVersion, NEXT_VERSION);
      await worksAt('/install')(stage);
    },
  ],
  [
    'uninstalling takes nodes, credential type and files away',
    async ({ stock }) => {
      await stock.rest('DELETE', `/community-packages?name=${PACKAGE}`);
      const known = await knownTypes(stock);
      assert.deepEqual(
        [...known.nodes].filter((type) => type.startsWith(PACKAGE)),
        [],
      );
      assert.equal(known.credentials.has('otobotDatabaseApi'), false);
      assert.deepEqual(await stock.rest('GET', '/community-packages'), []);
      const folder = path.join(stock.env.N8N_USER_FOLDER, '.n8n', 'nodes', 'node_modules', PACKAGE);
      assert.equal(fs.existsSync(folder), false);
    },
  ],
];

function worksAt(route) {
  return async ({ api, stock, tokens }) => {
    const before = api.to(route).length;
    const run = await stock.execute('install');
    assert.deepEqual(
      api.sent(route).slice(before).sort(),
      Object.values(tokens).sort(),
      JSON.stringify(run.nodes.Request?.[0].items),
    );
    assert.deepEqual(jsonOf(run, 'Fetch').map(clientOf), CLIENTS.map(clientOf));
  };
}

function clientOf({ clientId }) {
  return clientId;
}

async function knownTypes(stock) {
  const names = async (file) => new Set((await stock.get(`/types/${file}.json`)).map(({ name }) => name));
  return { nodes: await names('nodes'), credentials: await names('credentials') };
}

/** The package as it is, and the same again under a later version. */
async function twoVersions(root, folder) {
  const now = await pack(root, folder);
  const unpacked = path.join(folder, 'next');
  fs.mkdirSync(unpacked);
  await mustRun('tar', ['-xzf', now.file, '--strip-components=1', '-C', unpacked]);
  const manifest = JSON.parse(fs.readFileSync(path.join(unpacked, 'package.json'), 'utf8'));
  const next = { ...manifest, version: NEXT_VERSION };
  fs.writeFileSync(path.join(unpacked, 'package.json'), JSON.stringify(next, null, 2));
  return { now: { ...now, manifest }, next: { ...(await pack(unpacked, folder)), manifest: next } };
}
