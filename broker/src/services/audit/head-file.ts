import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const SEAL = { id: z.int().min(1), head: z.string().regex(/^[0-9a-f]{64}$/) };
const FILE = z.object({
  ...SEAL,
  /** The chain was found without that seal, and nobody has accepted it yet. */
  broken: z.object({ ...SEAL, noticedAt: z.iso.datetime(), lastSeal: z.int().min(0) }).nullable(),
});

/** What this machine remembers of the chain, apart from the database. */
export type RememberedHead = z.output<typeof FILE>;
export type BrokenChain = NonNullable<RememberedHead['broken']>;

const fileIn = (dataDir: string): string => path.join(dataDir, 'audit-head.json');

/** null: nothing is remembered here. Throws where the file is there and cannot be read or understood. */
export function readHeadFile(dataDir: string): RememberedHead | null {
  try {
    return FILE.parse(JSON.parse(readFileSync(fileIn(dataDir), 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Error(`${fileIn(dataDir)} is unreadable or damaged`, { cause: error });
  }
}

/** Replaces the file as a whole: whoever reads sees the old or the new one. Processes that share a folder may all write it. */
export function writeHeadFile(dataDir: string, remembered: RememberedHead): void {
  const file = fileIn(dataDir);
  const fresh = `${file}.${process.pid}`;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(fresh, `${JSON.stringify(remembered)}\n`, { mode: 0o600 });
  chmodSync(fresh, 0o600); // it may have been there
  renameSync(fresh, file);
}

export function removeHeadFile(dataDir: string): void {
  rmSync(fileIn(dataDir), { force: true });
}
