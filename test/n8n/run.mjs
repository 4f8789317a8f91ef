// Packs the package, puts it into a real n8n and runs real workflows against a real broker: `npm run test:n8n`.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import { startBroker } from './broker-process.mjs';
import { n8nInstallation } from './installation.mjs';
import { startLoopback } from './loopback.mjs';
import { n8nHost } from './n8n-host.mjs';
import { n8nServer } from './n8n-server.mjs';
import { killAll } from './processes.mjs';
import { scenarios } from './scenarios.mjs';
import { credentialsFor, furnish } from './world.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const startedAt = Date.now();
const say = (line) => console.log(`[${((Date.now() - startedAt) / 1000).toFixed(0).padStart(3)} s] ${line}`);
const cleanups = [];

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.once(signal, () => void cleanUp().finally(() => process.exit(status)));
}

try {
  const failed = await main();
  process.exitCode = failed === 0 ? 0 : 1;
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}

async function main() {
  const installation = await n8nInstallation(say);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'otobot-n8n-'));
  cleanups.push(() => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const home = (name) => (fs.mkdirSync(path.join(folder, name), { mode: 0o700 }), path.join(folder, name));

  const api = await startLoopback();
  cleanups.push(api.close);
  say('starting the broker');
  const internalToken = randomBytes(24).toString('hex');
  const program = path.join(root, 'broker', 'dist', 'bin', 'otobot.js');
  const broker = await startBroker({ program, folder: home('broker'), internalToken });
  cleanups.push(broker.stop);
  const world = await furnish(broker, api);

  say('packing the package into a new n8n');
  const n8n = await n8nHost({ installation, root, folder: home('n8n') });
  const credentials = credentialsFor(broker, internalToken);
  await n8n.importCredentials(credentials);
  const serve = () => n8nServer({ installation, host: n8n });
  say('running the workflows');
  return await check(await scenarios({ n8n, api, broker, world, credentials, serve }));
}

async function check(guarantees) {
  let failed = 0;
  for (const [name, holds] of guarantees) {
    try {
      await holds();
      say(`ok      ${name}`);
    } catch (error) {
      failed += 1;
      say(`FAILED  ${name}\n${error.message}`);
    }
  }
  console.log(`${guarantees.length - failed} passed, ${failed} failed`);
  return failed;
}

/** In reverse: the broker before its folder. */
async function cleanUp() {
  for (const undo of cleanups.splice(0).reverse()) {
    await Promise.resolve(undo()).catch((error) => console.error(`warning: ${error.message}`));
  }
  killAll();
}
