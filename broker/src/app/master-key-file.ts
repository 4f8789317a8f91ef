import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** Where an installation without ENCRYPTION_MASTER_KEY keeps the key that it made. */
export function masterKeyFile(dataDir: string): string {
  return path.join(dataDir, 'master.key');
}

/** 64 hex characters, or null when there is no such file. */
export function readMasterKeyFile(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8').replace(/\n$/, '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Makes the key once: of several processes that start at the same moment, all use the one that was first. `made`: this one was. */
export function createMasterKeyFile(file: string): { hex: string; made: boolean } {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeDurably(fresh, `${randomBytes(32).toString('hex')}\n`);
  let made = false;
  try {
    fs.linkSync(fresh, file); // unlike a rename, this fails when the file is there already
    syncFolder(path.dirname(file));
    made = true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    fs.rmSync(fresh);
  }
  return { hex: readMasterKeyFile(file) as string, made };
}

// Data sealed under a key that a power cut took away would be lost.
function writeDurably(file: string, text: string): void {
  const descriptor = fs.openSync(file, 'wx', 0o600);
  fs.writeFileSync(descriptor, text);
  fs.fsyncSync(descriptor);
  fs.closeSync(descriptor);
}

function syncFolder(folder: string): void {
  const descriptor = fs.openSync(folder, 'r');
  fs.fsyncSync(descriptor);
  fs.closeSync(descriptor);
}
