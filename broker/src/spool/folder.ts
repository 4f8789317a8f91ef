import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { ConfigurationError } from '../errors/configuration-error';
import { lineOf, readLines, type ReadLines } from './lines';

/** A file of entries that wait: `<owner>.spool`, which its owner appends to, or `<owner>.<number>.spool`, which it adopted. */
export interface SpoolFile {
  name: string;
  /** The id in `processes` of the worker that answers for it. */
  owner: string;
  adopted: boolean;
}

/** The folder of a machine's spools. Workers that share it answer for each other's files. */
export interface SpoolFolder {
  path: string;
  /** Which folder this is, over all processes that share it. */
  id: string;
}

const LINE_BREAK = Buffer.from('\n');
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NAME = /^([0-9a-f-]{36})(\.[0-9a-f-]{36})?\.spool$/;

/**
 * Makes `<dataDir>/spool` where it is missing and tries it out. Throws ConfigurationError where nothing can be kept there: found
 * out in the moment of need, it would be too late.
 */
export function openSpoolFolder(dataDir: string): SpoolFolder {
  const folder = path.join(dataDir, 'spool');
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    fs.chmodSync(folder, 0o700);
    const trial = path.join(folder, `${randomUUID()}.trial`);
    writeDurably(trial, 'trial');
    fs.rmSync(trial);
    return { path: folder, id: idOf(folder) };
  } catch (error) {
    throw new ConfigurationError([
      {
        name: 'OTOBOT_DATA_DIR',
        message: `has no usable folder for the spool: ${folder} (${(error as NodeJS.ErrnoException).code ?? 'unusable'})`,
        hint: 'name a folder that this account may write, on a disk that outlives the process; answers of providers wait there while the database is away',
      },
    ]);
  }
}

/** All files of entries in the folder; others are none of ours. */
export async function listSpoolFiles(folder: SpoolFolder): Promise<SpoolFile[]> {
  const files: SpoolFile[] = [];
  for (const name of await readdir(folder.path)) {
    const [, owner, adopted] = NAME.exec(name) ?? [];
    if (owner !== undefined) files.push({ name, owner, adopted: adopted !== undefined });
  }
  return files;
}

/** The file that a worker appends its own entries to. */
export const ownFile = (owner: string): SpoolFile => ({ name: `${owner}.spool`, owner, adopted: false });

/**
 * Appends entries and waits until they are on the disk, with their file. All or none: what a full disk took half of is cut off again.
 * By path each time, so that a worker which slept while its file was adopted writes to a new one.
 */
export async function appendEntries(folder: SpoolFolder, file: SpoolFile, payloads: readonly string[]): Promise<void> {
  const text = payloads.map(lineOf).join('');
  // Adopted while it was being written, perhaps before our lines were in it: whoever has it may never see them.
  while (!(await isStillThere(folder, file, await append(folder, file, text))));
}

/** Returns which file it was that took the text. */
async function append(folder: SpoolFolder, file: SpoolFile, text: string): Promise<number> {
  const handle = await open(path.join(folder.path, file.name), 'a', 0o600);
  try {
    const { size, ino } = await handle.stat();
    try {
      await handle.writeFile(text);
      await handle.sync();
    } catch (error) {
      await handle.truncate(size).catch(() => undefined);
      throw error;
    }
    if (size === 0) await syncFolder(folder);
    return ino;
  } finally {
    await handle.close();
  }
}

async function isStillThere(folder: SpoolFolder, file: SpoolFile, ino: number): Promise<boolean> {
  const there = await stat(path.join(folder.path, file.name)).catch(() => null);
  return there?.ino === ino;
}

export async function readEntries(folder: SpoolFolder, file: SpoolFile): Promise<ReadLines> {
  return readLines(await readFile(path.join(folder.path, file.name)));
}

/** Makes a file of a worker that is gone one's own. Of several who try at once one succeeds; null for the others. */
export async function adoptFile(folder: SpoolFolder, file: SpoolFile, owner: string): Promise<SpoolFile | null> {
  const name = `${owner}.${randomUUID()}.spool`;
  try {
    await rename(path.join(folder.path, file.name), path.join(folder.path, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  await syncFolder(folder);
  return { name, owner, adopted: true };
}

/** Its entries are all written where they belong. */
export async function removeFile(folder: SpoolFolder, file: SpoolFile): Promise<void> {
  await rm(path.join(folder.path, file.name), { force: true });
}

/** Keeps what cannot be used for somebody to look at: renamed to `.spool`, the file is tried once more. Returns its path. */
export async function keepAside(
  folder: SpoolFolder,
  payloads: readonly string[],
  unreadable: readonly Buffer[] = [],
): Promise<string> {
  const aside = path.join(folder.path, `${randomUUID()}.aside`);
  const handle = await open(aside, 'wx', 0o600);
  try {
    await handle.writeFile(
      Buffer.concat([Buffer.from(payloads.map(lineOf).join('')), ...unreadable.flatMap((line) => [line, LINE_BREAK])]),
    );
    await handle.sync();
  } finally {
    await handle.close();
  }
  await syncFolder(folder);
  return aside;
}

async function syncFolder(folder: SpoolFolder): Promise<void> {
  const handle = await open(folder.path, 'r');
  await handle.sync().finally(() => handle.close());
}

/** The first process that comes here gives the folder its id; of several at once, all take the one that was first. */
function idOf(folder: string): string {
  const file = path.join(folder, 'folder-id');
  const fresh = `${file}.${randomUUID()}`;
  writeDurably(fresh, randomUUID());
  try {
    fs.linkSync(fresh, file); // unlike a rename, this fails when the file is there already
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    fs.rmSync(fresh);
  }
  const id = fs.readFileSync(file, 'utf8');
  if (!UUID.test(id)) throw new Error(`${file} is damaged`);
  return id;
}

function writeDurably(file: string, text: string): void {
  const descriptor = fs.openSync(file, 'wx', 0o600);
  try {
    fs.writeFileSync(descriptor, text);
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}
