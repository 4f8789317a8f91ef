import { fork, type ForkOptions } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runningServer } from '../../src/db/embedded/running';

const HOOK = path.join(__dirname, 'run-typescript.cjs');
const PROGRAM = path.join(__dirname, 'postgres-member-process.ts');

/** Another process that uses the embedded server of a data folder. */
export interface Member {
  readonly url: string;
  readonly pid: number;
  readonly port: number;
  readonly startedHere: boolean;
  /** Leaves as a program does that ends; resolves when it has ended. */
  release(): Promise<void>;
  /** kill -9; resolves when it has ended. */
  kill(): Promise<void>;
}

export interface MemberOptions extends Pick<ForkOptions, 'uid' | 'gid' | 'env'> {
  /** Runs it below another program: `['setpriv', '--option']`. */
  readonly below?: readonly [string, ...string[]];
}

/** Starts a process that enters the installation; `entered` gives it once it is a member. */
export function startMember(
  dataDir: string,
  { below, ...options }: MemberOptions = {},
): { kill(): Promise<void>; entered: Promise<Member> } {
  const node = ['-r', HOOK];
  const [execPath, ...execArgv] = below ? [...below, process.execPath, ...node] : [process.execPath, ...node];
  const child = fork(PROGRAM, [dataDir], {
    ...options,
    execPath,
    execArgv,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const exited = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  const release = async (): Promise<void> => {
    child.send('release');
    const [code] = (await exited) as [number | null];
    if (code !== 0) throw new Error(`the member did not leave properly: ${complaint}`);
  };
  const entered = new Promise<Member>((resolve, reject) => {
    child.once('message', (server) => {
      resolve({ ...(server as Omit<Member, 'release' | 'kill'>), release, kill });
    });
    child.once('exit', () => {
      reject(new Error(`the member did not enter: ${complaint}`));
    });
  });
  entered.catch(() => undefined); // not everybody waits for it
  return { kill, entered };
}

/** A process that is a member already. */
export function enterMember(dataDir: string, options?: MemberOptions): Promise<Member> {
  return startMember(dataDir, options).entered;
}

/** A data folder, not there yet; `remove` ends what still runs on it, also after a failed test. */
export function temporaryDataDir(name = 'data'): { dataDir: string; remove: () => Promise<void> } {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), 'otobot-embedded-'));
  const dataDir = path.join(parent, name);
  return {
    dataDir,
    remove: async () => {
      const server = runningServer(dataOf(dataDir));
      if (server !== null) process.kill(server.pid, 'SIGKILL');
      await fs.promises.rm(parent, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}

/** PostgreSQL's own folder below a data folder. */
export function dataOf(dataDir: string): string {
  return path.join(dataDir, 'postgres', 'data');
}
