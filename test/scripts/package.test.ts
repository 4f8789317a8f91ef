import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '..', '..');

interface Manifest {
  version: string;
  files: string[];
  scripts: Record<string, string>;
  dependencies?: unknown;
  bundleDependencies?: unknown;
  n8n: { nodes: string[]; credentials: string[] };
}
const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;

function packed(): string[] {
  const npm = process.env.npm_execpath;
  const [command, ...args] = npm === undefined ? ['npm'] : [process.execPath, npm];
  const said = execFileSync(command ?? 'npm', [...args, 'pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ files }] = JSON.parse(said) as [{ files: { path: string }[] }];
  return files.map((file) => file.path);
}

describe('the package that npm publishes', () => {
  const files = packed();

  test('holds what n8n loads, README and LICENSE, and nothing else', () => {
    const others = files.filter((file) => !/^dist\/(nodes|credentials|icons)\//.test(file));
    expect(others.sort()).toEqual(['LICENSE', 'README.md', 'package.json']);
  });

  test('every node and credential that it names is in it, and every one that is written is named', () => {
    const named = [...manifest.n8n.nodes, ...manifest.n8n.credentials];
    expect(files).toEqual(expect.arrayContaining(named));
    const written = files.filter((file) => /\.(node|credentials)\.js$/.test(file));
    expect(named.slice().sort()).toEqual(written.sort());
  });

  test('installs nothing and runs nothing on the machine of who installs it', () => {
    expect(manifest.dependencies).toBeUndefined();
    expect(manifest.bundleDependencies).toBeUndefined();
    const run = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish', 'prepack', 'postpack'];
    expect(Object.keys(manifest.scripts).filter((name) => run.includes(name))).toEqual([]);
  });
});
