import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Programs } from './create-data';
import type { Installation } from './installation';
import { formerPort, removeLeftover, runningServer, type RunningServer } from './running';

const LOOK_EVERY_MS = 10;
const READY_WITHIN_MS = 60_000; // recovery after a crash can take long
const STOPPED_WITHIN_MS = 20_000;
const ATTEMPTS = 5;
const LOG_LIMIT_BYTES = 10 * 1024 * 1024;

/** Extra `-c name=value` settings of the server. */
export type Settings = Readonly<Record<string, string>>;

const SETTINGS: Settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '', // their paths are limited to 107 bytes
  dynamic_shared_memory_type: 'mmap', // containers have a small /dev/shm
  max_connections: '200',
  // Its log must never hold what a statement carried: no statement texts, no "Failing row contains …".
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};

/** Starts the server, which outlives us if we are killed. Call under the start lock, with no server running. */
export async function launch(
  installation: Installation,
  programs: Programs,
  { settings, port }: { settings: Settings; port: number },
): Promise<RunningServer> {
  const wanted = port || formerPort(installation.data);
  for (let attempt = 1; ; attempt++) {
    removeLeftover(installation.data);
    const chosen = await portOr(wanted);
    const exit = spawnServer(installation, programs, { ...SETTINGS, ...settings, port: String(chosen) });
    const server = await untilReady(installation.data, exit);
    if (server !== null) return server;
    if (attempt === ATTEMPTS) throw new Error(`PostgreSQL did not start: ${lastComplaint(installation.log)}`);
    // Children of a killed server still hold its shared memory, or somebody took the port in between: then the next look finds it taken.
    await sleep(100 * attempt);
  }
}

/** Waits until the server on this folder takes connections; null if there is none (any more) and `exit` says so. */
export async function untilReady(data: string, exit: { readonly happened: boolean }): Promise<RunningServer | null> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const ended = exit.happened; // read before looking, so that another starter's server is still found
    const server = runningServer(data);
    if (server?.ready) return server;
    if (ended && server === null) return null;
    if (Date.now() > deadline) throw new Error(`PostgreSQL in ${data} is not ready after ${READY_WITHIN_MS / 1000} s`);
    await sleep(LOOK_EVERY_MS);
  }
}

/** A fast, clean shutdown: open transactions are rolled back, everything committed is on disk. */
export async function stop(data: string): Promise<void> {
  const server = runningServer(data);
  if (server === null) return;
  process.kill(server.pid, 'SIGINT');
  const deadline = Date.now() + STOPPED_WITHIN_MS;
  while (runningServer(data) !== null) {
    if (Date.now() > deadline) throw new Error(`PostgreSQL (process ${server.pid}) does not stop`);
    await sleep(LOOK_EVERY_MS);
  }
}

function spawnServer(installation: Installation, programs: Programs, settings: Settings): { happened: boolean } {
  const { data, home, log } = installation;
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [command, args] = programs.unprivileged(path.join(programs.native, 'bin', 'postgres'), [
    '-D',
    data,
    ...options,
  ]);
  if (fs.existsSync(log) && fs.statSync(log).size > LOG_LIMIT_BYTES) fs.truncateSync(log);
  const output = fs.openSync(log, 'a', 0o600);
  // Its own session: Ctrl-C in our terminal must not stop it before our last rows are written.
  const stdio: ['ignore', number, number] = ['ignore', output, output];
  const child = spawn(command, args, { cwd: home, env: programs.env, detached: true, stdio });
  fs.closeSync(output);
  const exit = { happened: false };
  const ended = (): void => {
    exit.happened = true;
  };
  child.once('exit', ended).once('error', ended);
  child.unref();
  return exit;
}

/** The wanted port if it is free, else one that is. */
function portOr(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => {
      if (wanted === 0) reject(error);
      else portOr(0).then(resolve, reject);
    });
    probe.listen(wanted, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => {
        resolve(port);
      });
    });
  });
}

function lastComplaint(log: string): string {
  const lines = fs.readFileSync(log, 'utf8').trim().split('\n');
  const fatal = lines.filter((line) => /FATAL|PANIC|ERROR/.test(line));
  return `${fatal.at(-1) ?? lines.at(-1) ?? ''} (see ${log})`;
}
