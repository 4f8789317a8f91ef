// A real n8n with the Node that it needs, from the npm registry alone.
import path from 'node:path';

import { cachedInstallation, plainEnvironment } from './cached-installation.mjs';
import { mustRun } from './processes.mjs';

const NODE_PACKAGE = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

const MANIFEST = {
  name: 'otobot-n8n-under-test',
  private: true,
  dependencies: { n8n: '2.40.5', [NODE_PACKAGE]: '24' },
  // The newest versions of these two are not in every mirror of the registry; n8n runs with the ones named here.
  overrides: { linkedom: '0.18.13', '@langchain/langgraph': '1.4.11' },
};

/** @returns paths of the installation: `{modules, node, n8n}`; installs it first where it is not there yet (a few minutes). */
export async function n8nInstallation(say) {
  const folder = await cachedInstallation({
    manifest: MANIFEST,
    flags: ['--legacy-peer-deps'],
    announcement: `installing n8n ${MANIFEST.dependencies.n8n} (once, about 4 minutes and 2.3 GB)`,
    say,
    finish: compileSqlite,
  });
  return pathsIn(folder);
}

function pathsIn(folder) {
  const modules = path.join(folder, 'node_modules');
  return {
    modules,
    node: path.join(modules, NODE_PACKAGE, 'bin', process.platform === 'win32' ? 'node.exe' : 'node'),
    n8n: path.join(modules, 'n8n', 'bin', 'n8n'),
  };
}

/** Its own install scripts stay off: they would download. */
async function compileSqlite(folder) {
  const { node } = pathsIn(folder);
  const modules = path.join(folder, 'node_modules');
  const gyp = path.join(modules, 'node-gyp', 'bin', 'node-gyp.js');
  const env = {
    ...plainEnvironment(),
    PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}`,
    // The package has the headers too; without this node-gyp would download them.
    npm_config_nodedir: path.join(modules, NODE_PACKAGE),
  };
  try {
    await mustRun(node, [gyp, 'rebuild'], { cwd: path.join(modules, 'sqlite3'), env, timeoutMs: 15 * 60_000 });
  } catch (error) {
    throw new Error(
      `${error.message}\nhint: this needs Python 3, make and a C++ compiler (Debian: apt-get install -y python3 make g++)`,
    );
  }
}
