// Makes a checkout ready to run, from a bare machine on: checks Node, installs what package-lock.json says, builds what
// changed. Imports nothing that would have to be installed first. When nothing changed it only reads the sources.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { connect, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = [20, 19];
const WAIT_FOR_OTHERS_MS = 15 * 60_000;
/** What the builds are made of. */
const SOURCES = [
  ...['nodes', 'credentials', 'icons', 'gulpfile.js', 'package.json', 'tsconfig.json', 'tsconfig.base.json'],
  ...['broker/src', 'broker/package.json', 'broker/tsconfig.json', 'scripts/build.mjs'],
  ...['monitor/src', 'monitor/package.json', 'monitor/tsconfig.json'],
];
const BUILDS = ['dist', 'broker/dist', 'monitor/dist'];
const GENERATED = new Set(['node_modules', 'dist', 'coverage']);

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const installed = path.join(root, 'node_modules', '.installed');
const built = path.join(root, 'node_modules', '.built');

await main().catch((error) => {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});

async function main() {
  requireNode();
  if (await isReady()) return;
  await exclusively(async (lock) => {
    // Looked at again under the lock: another process may just have done it.
    const dependencies = dependenciesStamp();
    if (read(installed) !== dependencies) {
      await step('installing the dependencies (once, about half a minute)', lock, ...npm('ci', '--ignore-scripts'));
      fs.writeFileSync(installed, dependencies);
    }
    const sources = sourcesStamp();
    if (!isBuilt(sources)) {
      await step('building', lock, process.execPath, [path.join(root, 'scripts', 'build.mjs')]);
      fs.writeFileSync(built, sources);
    }
  });
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  console.error(`error: this is Node ${process.versions.node}; Otobot needs ${OLDEST_NODE.join('.')} or newer`);
  console.error('hint: install a current Node from https://nodejs.org, then run the same command again');
  process.exit(78);
}

function isReady() {
  return read(installed) === dependenciesStamp() && isBuilt(sourcesStamp());
}

function isBuilt(sources) {
  return read(built) === sources && BUILDS.every((folder) => fs.existsSync(path.join(root, folder)));
}

/** npm ci is needed again when the lockfile, Node's major version or the machine's kind changes. */
function dependenciesStamp() {
  const lockfile = fs.readFileSync(path.join(root, 'package-lock.json'));
  const node = process.versions.node.split('.')[0];
  return digest([lockfile, `${node} ${process.platform} ${process.arch}`]);
}

/** By content, not by time: a checkout of another commit or a clone changes times at will. */
function sourcesStamp() {
  const files = SOURCES.flatMap((source) => filesBelow(path.join(root, source))).sort();
  return digest(files.flatMap((file) => [path.relative(root, file), fs.readFileSync(file)]));
}

function digest(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('hex');
}

function filesBelow(entry) {
  const stat = fs.statSync(entry, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (!stat.isDirectory()) return [entry];
  const names = fs.readdirSync(entry).filter((name) => !GENERATED.has(name));
  return names.flatMap((name) => filesBelow(path.join(entry, name)));
}

function read(file) {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null;
}

/** npm's own script where we can find it: through npm start, beside this Node, else whatever PATH has. */
function npm(...args) {
  // --include: NODE_ENV=production must not leave out what builds, nor an npm setting the embedded PostgreSQL.
  const all = [...args, '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  const here = path.dirname(process.execPath);
  const candidates = [
    process.env.npm_execpath ?? '',
    path.join(here, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    path.join(here, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  const script = candidates.find((file) => /npm-cli\.c?js$/.test(file) && fs.existsSync(file));
  return script === undefined ? ['npm', all] : [process.execPath, [script, ...all]];
}

/** Runs a program behind one line of progress; what it printed is shown only if it fails. */
async function step(title, lock, command, args) {
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  const show = (text) => process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : text);
  show(`otobot: ${title} …`);
  const ticking = process.stderr.isTTY ? setInterval(() => show(`otobot: ${title} … ${seconds()}`), 1000) : undefined;
  const { code, output } = await run(command, args, lock);
  clearInterval(ticking);
  process.stderr.write(code === 0 ? ` done in ${seconds()}\n` : ' failed\n');
  if (code !== 0) throw new Error(`${title} failed:\n${output.trim()}`);
}

function run(command, args, lock) {
  return new Promise((resolve) => {
    const shell = command === 'npm' && process.platform === 'win32'; // there it is a batch file
    // The child holds the lock too: if we are killed, nobody else may begin before npm has ended. (Not on Windows.)
    const held = lock._handle?.fd > 0 ? lock._handle.fd : 'ignore';
    const child = spawn(command, args, { cwd: root, shell, stdio: ['ignore', 'pipe', 'pipe', held] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.once('error', (error) => resolve({ code: 1, output: `${output}\n${error.message}` }));
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** One at a time per checkout. The kernel frees the lock when its holder dies; elsewhere than on Linux a socket file. */
async function exclusively(work) {
  const id = `otobot-checkout-${digest([fs.realpathSync(root)]).slice(0, 32)}`;
  const name = { linux: `\0${id}`, win32: `\\\\.\\pipe\\${id}` }[process.platform] ?? path.join(os.tmpdir(), id);
  const deadline = Date.now() + WAIT_FOR_OTHERS_MS;
  let lock = await take(name);
  if (lock === null) console.error('otobot: another process is preparing this checkout; waiting for it …');
  while (lock === null) {
    if (Date.now() > deadline) throw new Error('another process has been preparing this checkout for 15 minutes');
    await new Promise((resolve) => setTimeout(resolve, 200));
    if (path.isAbsolute(name) && (await isDead(name))) fs.rmSync(name, { force: true });
    lock = await take(name);
  }
  try {
    await work(lock);
  } finally {
    lock.close();
  }
}

function take(name) {
  return new Promise((resolve, reject) => {
    const lock = createServer((socket) => socket.destroy());
    lock.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(null) : reject(error)));
    lock.listen(name, () => resolve(lock));
  });
}

function isDead(name) {
  return new Promise((resolve) => {
    const probe = connect(name, () => probe.destroy(resolve(false)));
    probe.once('error', (error) => resolve(error.code === 'ECONNREFUSED'));
  });
}
