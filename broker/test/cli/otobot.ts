import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { startEmbedded } from '../../src/db/embedded/start-embedded';
import { temporaryDataDir } from '../support/postgres-members';

const PROGRAM = path.resolve(__dirname, '../../dist/bin/otobot.js');

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Of standard output. */
  json: () => Record<string, unknown>;
}

/** Runs the built program to its end, as a shell would: nobody at the terminal, `input` on standard input. */
export async function otobot(
  dataDir: string,
  args: readonly string[],
  { input = '', env = {} }: { input?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { PATH: process.env.PATH, OTOBOT_DATA_DIR: dataDir, ...env },
  });
  child.stdin.on('error', () => undefined); // it may end without reading
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, stdout, stderr, json: () => JSON.parse(stdout) as Record<string, unknown> };
}

/** A prepared installation whose embedded server runs until `end`. */
export async function preparedInstallation(): Promise<{ dataDir: string; end: () => Promise<void> }> {
  const { dataDir, remove } = temporaryDataDir();
  const server = await startEmbedded({ dataDir });
  const prepared = await otobot(dataDir, ['migrate']);
  if (prepared.code !== 0) throw new Error(prepared.stderr);
  return {
    dataDir,
    end: async () => {
      await server.release();
      await remove();
    },
  };
}

/** `client edit acme` → its words; what needs spaces is given as an array. */
export function words(line: string): string[] {
  return line.split(' ');
}
