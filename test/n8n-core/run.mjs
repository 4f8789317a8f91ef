// Runs the packed package against n8n's own code, without n8n's processes: `npm run test:n8n-core`. The Node and the code are
// those of the real n8n of test/n8n.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { n8nInstallation } from '../n8n/installation.mjs';
import { packInto } from '../n8n/package-tarball.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const installation = await n8nInstallation(console.log);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'otobot-n8n-core-'));
try {
  const { target } = await packInto(path.resolve(here, '..', '..'), folder);
  // As n8n does: the package gets n8n's own n8n-workflow.
  fs.symlinkSync(path.join(installation.modules, 'n8n-workflow'), path.join(path.dirname(target), 'n8n-workflow'));
  const files = fs.readdirSync(here).filter((file) => file.endsWith('.test.mjs'));
  const args = [
    '--test',
    '--test-reporter=spec',
    ...process.argv.slice(2),
    ...files.map((file) => path.join(here, file)),
  ];
  const env = {
    ...process.env,
    NODE_TEST_CONTEXT: undefined,
    OTOBOT_N8N_MODULES: installation.modules,
    OTOBOT_PACKAGE: target,
    N8N_USER_FOLDER: folder,
    N8N_ENCRYPTION_KEY: 'unused-here',
  };
  const child = spawn(installation.node, args, { env, stdio: 'inherit' });
  process.exitCode = await new Promise((resolve) => child.once('close', resolve));
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
