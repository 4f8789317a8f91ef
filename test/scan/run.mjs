// What n8n's own scanner of community packages says, before anything is published: `npm run test:scan`. It lints the sources and
// the tarball by n8n's rules, in its version, its way. What it also asks of a published package (provenance) is not there yet.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { cachedInstallation } from '../n8n/cached-installation.mjs';
import { pack } from '../n8n/package-tarball.mjs';
import { mustRun } from '../n8n/processes.mjs';

const SCANNER = '@n8n/scan-community-package';
const MANIFEST = {
  name: 'otobot-scanner',
  private: true,
  dependencies: { [SCANNER]: '0.32.0' },
};
/** Of the tarball the scanner reads these. */
const TARBALL_PATTERNS = ['**/*.js', 'package.json'];

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'otobot-scan-'));
try {
  const { analyzePackage, SOURCE_FILE_PATTERNS } = await scanner();
  const tarball = await unpacked(folder);
  const clean = [
    ['the sources', await analyzePackage(root, SOURCE_FILE_PATTERNS)],
    ['the tarball', await analyzePackage(tarball, TARBALL_PATTERNS)],
  ];
  for (const [what, { passed, details, message }] of clean) {
    console.log(
      passed ? `ok      n8n's scanner finds nothing in ${what}` : `FAILED  ${what}: ${message}\n${details ?? ''}`,
    );
  }
  const found = await findsFaults({ analyzePackage, SOURCE_FILE_PATTERNS }, tarball);
  console.log(found ? 'ok      and finds faults that are planted' : 'FAILED  it finds nothing of what is planted');
  process.exitCode = found && clean.every(([, { passed }]) => passed) ? 0 : 1;
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}

async function scanner() {
  const installation = await cachedInstallation({
    manifest: MANIFEST,
    announcement: "installing n8n's scanner (once, about a minute and 220 MB)",
    say: console.log,
  });
  const file = path.join(installation, 'node_modules', SCANNER, 'scanner', 'scanner.mjs');
  return await import(pathToFileURL(file).href);
}

async function unpacked(folder) {
  const { file } = await pack(root, folder);
  const target = path.join(folder, 'package');
  fs.mkdirSync(target);
  await mustRun('tar', ['-xzf', file, '--strip-components=1', '-C', target]);
  return target;
}

/** A scanner that reads no files passes too. */
async function findsFaults({ analyzePackage, SOURCE_FILE_PATTERNS }, tarball) {
  const faulty = path.join(path.dirname(tarball), 'faulty');
  for (const part of ['nodes', 'credentials', 'package.json']) {
    fs.cpSync(path.join(root, part), path.join(faulty, part), { recursive: true });
  }
  const node = path.join(faulty, 'nodes', 'OtobotCredentialFetcher', 'OtobotCredentialFetcher.node.ts');
  fs.appendFileSync(node, '\nconsole.log(process.env);\n');
  const script = path.join(tarball, 'dist', 'nodes', 'shared', 'broker.js');
  fs.appendFileSync(script, '\nconsole.log(process.env);\n');
  const found = [await analyzePackage(faulty, SOURCE_FILE_PATTERNS), await analyzePackage(tarball, TARBALL_PATTERNS)];
  return found.every(({ passed }) => !passed);
}
