// One throw-away n8n with the packed package in it: its command line, its server, and all that it has stored.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import { freePort } from './free-port.mjs';
import { plainEnvironment } from './cached-installation.mjs';
import { n8nServer } from './n8n-server.mjs';
import { packInto } from './package-tarball.mjs';
import { mustRun } from './processes.mjs';

/**
 * @param root of the checkout whose package it gets; without one it is an n8n with none of ours
 * @param folder an empty folder, which becomes n8n's home
 * @param settings more of its environment; `rows`: reads all rows of its database, where that is not its SQLite
 */
export async function n8nHost({ installation, root, folder, settings = {}, rows }) {
  const env = { ...environment(installation, folder, await freePort()), ...settings };
  rows ??= () => sqliteRows(installation, folder);
  const files = () => filesBelow(path.join(folder, '.n8n'), packed);
  const command = (...args) =>
    mustRun(installation.node, [installation.n8n, ...args], { cwd: folder, env, timeoutMs: 180_000 });
  const packed = root === undefined ? { files: [], target: null } : await packInto(root, folder);
  const server = lazily(installation, env);

  const importing = async (what, values) => {
    if (values.length === 0) return;
    const file = path.join(folder, `input-${randomBytes(4).toString('hex')}.json`);
    fs.writeFileSync(file, JSON.stringify(values));
    await command(what, `--input=${file}`);
    fs.rmSync(file); // what n8n keeps is looked through later
  };
  return Object.assign(server, {
    ...{ env, packed, command },
    importCredentials: (credentials) => importing('import:credentials', credentials),
    importWorkflows: (workflows) => importing('import:workflow', workflows),
    exportCredentials: async () => {
      const output = path.join(folder, 'exported.json');
      try {
        await command('export:credentials', '--all', '--decrypted', `--output=${output}`);
      } catch (error) {
        if (error.message.includes('No credentials found')) return [];
        throw error;
      }
      const exported = JSON.parse(fs.readFileSync(output, 'utf8'));
      fs.rmSync(output);
      return exported;
    },
    /** Everything that n8n has stored: every row of its database, and every file of its home. */
    stored: async () => (await rows()) + files(),
    files,
  });
}

/** The server's part: `start()` and `stop()`, any number of times, at one port and with one owner; the rest while it runs. */
function lazily(installation, env) {
  let running = null;
  let last = {};
  let log = '';
  let shown = '';
  const server = () => running ?? fail();
  return {
    start: async () => {
      running = await n8nServer({ installation, env, ...last });
      last = { port: running.port, owner: running.owner };
    },
    stop: async () => {
      const ending = running;
      running = null;
      await ending?.stop();
      log += ending?.log() ?? '';
      shown += ending?.shown() ?? '';
    },
    get url() {
      return server().url;
    },
    get owner() {
      return server().owner;
    },
    log: () => log + (running?.log() ?? ''),
    /** All that it has sent to its editor. */
    shown: () => shown + (running?.shown() ?? ''),
    /** n8n's internal REST interface as its owner: `rest('GET', '/workflows/x')` → its data. Throws for an error. */
    rest: (method, route, body) => server().rest(method, route, body),
    /** What the editor itself loads, such as `/types/nodes.json`. */
    get: (route) => server().get(route),
    /** Runs a workflow as the editor does. @returns `{id, status, nodes, error, text}`, see reading.mjs */
    execute: (id) => server().execute(id),
    /** What the Test button of a credential shows: `{status, message}`. */
    testCredential: (credential) => server().rest('POST', '/credentials/test', { credentials: credential }),
  };
}

function fail() {
  throw new Error('n8n is not running');
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

/** Read with the newer Node's own SQLite: raw pages would tear a token in two. */
async function sqliteRows({ node }, folder) {
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
