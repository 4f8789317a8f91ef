// What all groups share: one API on loopback, one broker, one n8n with the packed package in it.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { startBroker } from './broker-process.mjs';
import { n8nInstallation } from './installation.mjs';
import { startLoopback } from './loopback.mjs';
import { n8nHost } from './n8n-host.mjs';
import { killAll } from './processes.mjs';
import { secretsKept } from './secrets.mjs';
import { worldOf } from './world.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * @param onEnd takes what must be undone at the end, last first
 * @returns the stage that groups play on: `{root, installation, home, onEnd, api, broker, internalToken, n8n, hosts,
 *   secrets}`
 *   and what world.mjs adds: `{connect, client, service, credential}`
 */
export async function openStage({ say, onEnd }) {
  onEnd(() => Promise.resolve(killAll()));
  const installation = await n8nInstallation(say);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'otobot-n8n-'));
  onEnd(() => fs.promises.rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  /** An empty folder, gone after the run. */
  const home = (name) => (fs.mkdirSync(path.join(folder, name), { mode: 0o700 }), path.join(folder, name));

  const secrets = secretsKept();
  const api = await startLoopback(secrets);
  onEnd(api.close);
  say('starting the broker');
  // n8n has it, sealed, in its credentials: that is how it is meant.
  const internalToken = secrets.make('internal');
  secrets.keptByN8n(internalToken);
  const program = path.join(root, 'broker', 'dist', 'bin', 'otobot.js');
  const broker = await startBroker({ program, folder: home('broker'), internalToken });
  onEnd(broker.stop);
  secrets.watch(broker.key);
  const world = await worldOf({ broker, api, internalToken, secrets });

  say('packing the package into a new n8n');
  const n8n = await n8nHost({ installation, root, folder: home('n8n') });
  onEnd(n8n.stop);
  // A group with an n8n of its own adds it to `hosts`, so that it is searched too.
  return { say, root, installation, home, onEnd, api, broker, internalToken, n8n, hosts: [n8n], secrets, ...world };
}
