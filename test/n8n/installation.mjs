// A real n8n with the Node that it needs, from the npm registry alone, kept between runs outside the checkout.
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { mustRun } from './processes.mjs';

const NODE_PACKAGE = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const WAIT_FOR_OTHERS_MS = 20 * 60_000;

const MANIFEST = {
  name: 'otobot-n8n-under-test',
  private: true,
  dependencies: { n8n: '2.40.5', [NODE_PACKAGE]: '24' },
  // The newest versions of these two are not in every mirror of the registry; n8n runs with the ones named here.
  overrides: { linkedom: '0.18.13', '@langchain/langgraph': '1.4.11' },
};

/** @returns paths of the installation: `{modules, node, n8n}`; installs it first where it is not there yet (a few minutes). */
export async function n8nInstallation(say) {
  const cache =
    process.env.OTOBOT_N8N_CACHE ||
    path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'otobot-n8n');
  const key = createHash('sha256').update(JSON.stringify(MANIFEST)).digest('hex').slice(0, 16);
  const folder = path.join(cache, key);
  fs.mkdirSync(cache, { recursive: true });
  if (!fs.existsSync(folder)) {
    await exclusively(`${folder}.lock`, say, async () => {
      if (!fs.existsSync(folder)) await install(folder, say);
    });
  }
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

/** Into a folder of another name first: a folder that has its name is complete. */
async function install(folder, say) {
  for (const name of fs.readdirSync(path.dirname(folder))) {
    // Left by a run that was killed; nobody else is installing, since we hold the lock.
    if (name.startsWith(`${path.basename(folder)}.partial-`))
      fs.rmSync(path.join(path.dirname(folder), name), { recursive: true });
  }
  const partial = `${folder}.partial-${randomBytes(4).toString('hex')}`;
  fs.mkdirSync(partial);
  fs.writeFileSync(path.join(partial, 'package.json'), JSON.stringify(MANIFEST, null, 2));
  try {
    say(`installing n8n ${MANIFEST.dependencies.n8n} into ${folder} (once, about 3 minutes and 2.3 GB)`);
    // In the clear, not through `npm run`'s environment, which points npm at this checkout.
    const [npm, ...npmArgs] = npmCommand();
    const flags = ['--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
    await mustRun(npm, [...npmArgs, 'install', ...flags], {
      cwd: partial,
      env: plainEnvironment(),
      timeoutMs: 20 * 60_000,
    });
    say('compiling its SQLite (once, about a minute)');
    await compileSqlite(partial);
    fs.renameSync(partial, folder);
  } finally {
    fs.rmSync(partial, { recursive: true, force: true });
  }
}

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

function npmCommand() {
  return process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
}

/** Without what `npm run` adds for its own package. */
export function plainEnvironment() {
  const own = /^npm_(package_|lifecycle_|config_(local_prefix|prefix|workspace|workspaces|include_workspace_root)$)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}

/** One run at a time installs; the folder of a run that was killed is taken over. */
async function exclusively(lock, say, work) {
  const giveUpAt = Date.now() + WAIT_FOR_OTHERS_MS;
  let isAnnounced = false;
  while (!claim(lock)) {
    if (Date.now() > giveUpAt)
      throw new Error(`another run has held ${lock} for ${WAIT_FOR_OTHERS_MS / 60_000} minutes`);
    if (!isAnnounced) say('waiting for another run that is installing n8n');
    isAnnounced = true;
    await sleep(500);
  }
  try {
    await work();
  } finally {
    fs.rmSync(lock, { force: true });
  }
}

function claim(lock) {
  try {
    fs.writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    const holder = readNumber(lock);
    if (holder !== null && !isAlive(holder)) fs.rmSync(lock, { force: true });
    return false;
  }
}

function readNumber(file) {
  try {
    return Number(fs.readFileSync(file, 'utf8')) || null; // null: just created, its pid not yet written
  } catch {
    return null;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
