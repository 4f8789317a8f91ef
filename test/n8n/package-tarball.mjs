// The package as npm would publish it.
import fs from 'node:fs';
import path from 'node:path';

import { plainEnvironment } from './cached-installation.mjs';
import { mustRun } from './processes.mjs';

const PACKAGE = 'n8n-nodes-otobot';

/** @returns `{file, files, version}`: the tarball in `folder`, and the paths in it */
export async function pack(root, folder) {
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const args = ['pack', '--json', '--ignore-scripts', `--pack-destination=${folder}`];
  const { text } = await mustRun(npm[0], [...npm.slice(1), ...args], { cwd: root, env: plainEnvironment() });
  const [{ filename, files, version }] = JSON.parse(text);
  return { file: path.join(folder, filename), files: files.map((file) => file.path), version };
}

/** Puts the tarball, and never a link to the checkout, into an n8n's home: that is how a file left out is noticed. */
export async function packInto(root, folder) {
  const packed = await pack(root, folder);
  const target = path.join(folder, '.n8n', 'nodes', 'node_modules', PACKAGE);
  fs.mkdirSync(target, { recursive: true });
  await mustRun('tar', ['-xzf', packed.file, '--strip-components=1', '-C', target]);
  return { ...packed, target };
}
