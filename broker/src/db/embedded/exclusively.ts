import fs from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Installation } from './installation';

const ATTEMPT_EVERY_MS = 25;
const GIVE_UP_AFTER_MS = 60_000;

/**
 * Runs `work` while no other process works on the same installation. The lock is a socket name, which the kernel
 * frees even after kill -9, so there is never a stale lock file to remove.
 * The name is abstract (Linux): processes in different network namespaces must not share a data folder.
 */
export async function exclusively<T>({ id, root }: Installation, work: () => Promise<T>): Promise<T> {
  const name = process.platform === 'linux' ? `\0otobot-${id}` : path.join(os.tmpdir(), `otobot-${id}.lock`);
  const deadline = Date.now() + GIVE_UP_AFTER_MS;
  let lock = await take(name);
  while (lock === null) {
    if (Date.now() > deadline) throw new Error(`another process is still starting or stopping PostgreSQL in ${root}`);
    await sleep(ATTEMPT_EVERY_MS);
    if (process.platform !== 'linux') await removeDeadSocket(name);
    lock = await take(name);
  }
  try {
    return await work();
  } finally {
    await close(lock);
  }
}

function take(name: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const lock = createServer((socket) => socket.destroy());
    lock.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(error);
    });
    lock.listen(name, () => {
      resolve(lock);
    });
  });
}

function close(lock: Server): Promise<void> {
  return new Promise((resolve) => {
    lock.close(() => {
      resolve();
    });
  });
}

/** macOS has no abstract names: a socket file that refuses connections belongs to a process that is dead. Not run. */
function removeDeadSocket(name: string): Promise<void> {
  return new Promise((resolve) => {
    const probe = connect(name);
    probe.once('connect', () => {
      probe.destroy();
      resolve();
    });
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') fs.rmSync(name, { force: true });
      resolve();
    });
  });
}
