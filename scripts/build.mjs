// Compiles the published package (nodes, credentials) and the private workspaces, each into its own dist/.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const run = (script, ...args) => {
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
};

// What was compiled from a source that is gone must not be published.
fs.rmSync(path.join(root, 'dist'), { recursive: true, force: true });
const tsc = require.resolve('typescript/bin/tsc');
for (const project of ['tsconfig.json', 'broker/tsconfig.json', 'monitor/tsconfig.json']) run(tsc, '-p', project);
// gulp exports no path to its program.
run(path.join(path.dirname(require.resolve('gulp')), 'bin', 'gulp.js'), '--silent', 'build:icons');
