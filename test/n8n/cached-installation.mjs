// Packages from the npm registry that are too large for this checkout, kept between runs outside of it.
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { mustRun } from './processes.mjs';

const WAIT_FOR_OTHERS_MS = 20 * 60_000;

/**
 * @param manifest the package.json of the installation; `flags`: more for `npm install`; `announcement`: what is said before it
 * @param finish runs in the new folder, before it counts as installed
 * @returns the folder, made first where it is not there yet
 */
export async function cachedInstallation({ manifest, flags = [], announcement, say, finish = async () => {} }) {
  const cache =
    process.env.OTOBOT_N8N_CACHE ||
    path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'otobot-n8n');
  const key = createHash('sha256').update(JSON.stringify(manifest)).digest('hex').slice(0, 16);
  const folder = path.join(cache, key);
  fs.mkdirSync(cache, { recursive: true });
  if (!fs.existsSync(folder)) {
    await exclusively(`${folder}.lock`, say, async () => {
      if (!fs.existsSync(folder)) await install(folder, { manifest, flags, announcement, say, finish });
    });
  }
  return folder;
}

/** Into a folder of another name first: a folder that has its name is complete. */
async function install(folder, { manifest, flags, announcement, say, finish }) {
  for (const name of fs.readdirSync(path.dirname(folder))) {
    // Left by a run that was killed; nobody else is installing, since we hold the lock.
    if (name.startsWith(`${path.basename(folder)}.partial-`))
      fs.rmSync(path.join(path.dirname(folder), name), { recursive: true });
  }
  const partial = `${folder}.partial-${randomBytes(4).toString('hex')}`;
  fs.mkdirSync(partial);
  fs.writeFileSync(path.join(partial, 'package.json'), JSON.stringify(manifest, null, 2));
  try {
    say(`${announcement} into ${folder}`);
    // In the clear, not through `npm run`'s environment, which points npm at this checkout.
    const [npm, ...npmArgs] = npmCommand();
    const all = [...flags, '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
    await mustRun(npm, [...npmArgs, 'install', ...all], {
      cwd: partial,
      env: plainEnvironment(),
      timeoutMs: 20 * 60_000,
    });
    await finish(partial);
    fs.renameSync(partial, folder);
  } finally {
    fs.rmSync(partial, { recursive: true, force: true });
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
