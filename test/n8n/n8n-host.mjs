// One throw-away n8n with the packed package in it, driven through its command line.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import { freePort } from './free-port.mjs';
import { plainEnvironment } from './installation.mjs';
import { mustRun, run } from './processes.mjs';

const PACKAGE = 'n8n-nodes-otobot';

/** @param folder an empty folder, which becomes n8n's home */
export async function n8nHost({ installation, root, folder }) {
  const env = environment(installation, folder, await freePort());
  const n8n = (...args) =>
    run(installation.node, [installation.n8n, ...args], { cwd: folder, env, timeoutMs: 180_000 });
  const mustN8n = (...args) =>
    mustRun(installation.node, [installation.n8n, ...args], { cwd: folder, env, timeoutMs: 180_000 });
  const packed = await unpack(root, folder);

  const input = (value) => {
    const file = path.join(folder, `input-${randomBytes(4).toString('hex')}.json`);
    fs.writeFileSync(file, JSON.stringify(value));
    return file;
  };
  return {
    env,
    packed,
    importCredentials: (credentials) => mustN8n('import:credentials', `--input=${input(credentials)}`),
    importWorkflow: (workflow) => mustN8n('import:workflow', `--input=${input(workflow)}`),
    /** @returns `{status, nodes, text}`: nodes by name, each a list of runs with `items` and `error` */
    execute: async (id) => nodesOf(await n8n('execute', `--id=${id}`, '--rawOutput')),
    exportCredentials: async () => {
      const output = path.join(folder, 'exported.json');
      await mustN8n('export:credentials', '--all', '--decrypted', `--output=${output}`);
      return JSON.parse(fs.readFileSync(output, 'utf8'));
    },
    /** Everything that n8n has stored: every row of its database, and every file of its home. */
    stored: async () => (await databaseRows(installation, folder)) + filesBelow(path.join(folder, '.n8n'), packed),
  };
}

function environment(installation, folder, runnersPort) {
  const temporary = path.join(folder, 'tmp');
  fs.mkdirSync(temporary);
  return {
    ...plainEnvironment(),
    PATH: `${path.dirname(installation.node)}${path.delimiter}${process.env.PATH}`,
    N8N_USER_FOLDER: folder,
    // It leaves folders behind there.
    TMPDIR: temporary,
    N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
    N8N_DIAGNOSTICS_ENABLED: 'false',
    N8N_PERSONALIZATION_ENABLED: 'false',
    N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
    N8N_TEMPLATES_ENABLED: 'false',
    N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
    N8N_LISTEN_ADDRESS: '127.0.0.1',
    // The default belongs to an n8n that may be running on this machine.
    N8N_RUNNERS_BROKER_PORT: String(runnersPort),
    // On this level the commands print what they are asked for.
    N8N_LOG_LEVEL: 'info',
  };
}

/** The tarball as npm would publish it, and never a link to the checkout: that is how a file left out is noticed. */
async function unpack(root, folder) {
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const { text } = await mustRun(
    npm[0],
    [...npm.slice(1), 'pack', '--json', '--ignore-scripts', `--pack-destination=${folder}`],
    {
      cwd: root,
      env: plainEnvironment(),
    },
  );
  const [{ filename, files }] = JSON.parse(text);
  const target = path.join(folder, '.n8n', 'nodes', 'node_modules', PACKAGE);
  fs.mkdirSync(target, { recursive: true });
  await mustRun('tar', ['-xzf', path.join(folder, filename), '--strip-components=1', '-C', target]);
  return { target, files: files.map((file) => file.path) };
}

function nodesOf({ status, text, errors }) {
  const answer = /^\{$[^]*^\}$/m.exec(text)?.[0];
  const runs = answer === undefined ? {} : (JSON.parse(answer).data?.resultData?.runData ?? {});
  const nodes = {};
  for (const [name, nodeRuns] of Object.entries(runs)) {
    nodes[name] = nodeRuns.map(({ data, error }) => ({ items: data?.main?.flat() ?? [], error }));
  }
  return { status, nodes, text: text + errors };
}

/** Read with the newer Node's own SQLite: raw pages would tear a token in two. */
async function databaseRows({ node }, folder) {
  const file = path.join(folder, '.n8n', 'database.sqlite');
  const script = `
    const { DatabaseSync } = require('node:sqlite');
    const db = new DatabaseSync(process.argv[1], { readOnly: true });
    for (const { name } of db.prepare("select name from sqlite_master where type = 'table'").all())
      for (const row of db.prepare('select * from "' + name + '"').all()) console.log(name, JSON.stringify(row));`;
  return (await mustRun(node, ['--no-warnings', '-e', script, file])).text;
}

function filesBelow(folder, packed) {
  let text = '';
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory() && file !== packed.target) text += filesBelow(file, packed);
    if (entry.isFile()) text += fs.readFileSync(file, 'latin1');
  }
  return text;
}
