import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export interface RunningServer {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/** The first eight lines of postmaster.pid: pid, data folder, start time, port, …, state. Null where there is none. */
function pidFile(data: string): { pid: number; port: number; ready: boolean } | null {
  let lines: string[];
  try {
    lines = fs.readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return null;
  }
  return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/** The server that runs on this data folder, or null. Trusts no pid: it may now be another program's. */
export function runningServer(data: string): RunningServer | null {
  const server = pidFile(data);
  return server !== null && server.pid > 0 && isServerOf(server.pid, data) ? server : null;
}

/** The port of a server that was killed, so that those who know its URL find the next one there. 0 if unknown. */
export function formerPort(data: string): number {
  return pidFile(data)?.port ?? 0;
}

/**
 * Removes a postmaster.pid whose process is not the server of this folder. PostgreSQL does so itself when the pid is
 * free, but refuses to start, for ever, when the pid has gone to another program. Call under the start lock only.
 */
export function removeLeftover(data: string): void {
  if (runningServer(data) === null) fs.rmSync(path.join(data, 'postmaster.pid'), { force: true });
}

function isServerOf(pid: number, data: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout.includes(data);
  }
  return worksIn(pid, data);
}

function worksIn(pid: number, data: string): boolean {
  try {
    return fs.readlinkSync(`/proc/${pid}/cwd`) === fs.realpathSync(data); // a server's working directory is its data
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false; // ended, or a zombie
  }
  try {
    // A container's root may not look into another account's process (no CAP_SYS_PTRACE), but the command line is public.
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(data);
  } catch (error) {
    // Hidden from us altogether: take it for ours, since removing a live server's pid file could destroy its data.
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}
