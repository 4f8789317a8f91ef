import { fork, type ChildProcess, type ForkOptions } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Scene } from './scene';

export interface WorkerProcess {
  signal(name: NodeJS.Signals): void;
  /** kill -9, also when frozen. */
  kill(): Promise<void>;
  /** What it has logged: errors only. */
  log(): string;
}

export interface WorkerProcessOptions {
  /** Its own way to the database. */
  databaseUrl?: string;
  /** No file that it writes may grow beyond that: a full disk. */
  largestFileBytes?: number;
}

/** Starts a worker in a process of its own. */
export async function startWorkerProcess(
  { db, masterHex, dataDir }: Pick<Scene, 'db' | 'masterHex' | 'dataDir'>,
  { databaseUrl = db.url, largestFileBytes }: WorkerProcessOptions = {},
): Promise<WorkerProcess> {
  const loader = path.join(__dirname, '../support/run-typescript.cjs');
  const child: ChildProcess = fork(path.join(__dirname, 'worker-process.ts'), [databaseUrl, masterHex, dataDir], {
    ...below(['-r', loader], largestFileBytes),
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text));
  const exited = once(child, 'exit');
  await Promise.race([
    once(child, 'message'),
    exited.then(([code]) => {
      throw new Error(`the worker process ended with ${String(code)}: ${log}`);
    }),
  ]);
  return {
    signal: (name) => void child.kill(name),
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await exited;
    },
    log: () => log,
  };
}

/** Node, below a shell that sets the limit where there is one (bash counts in KiB). */
function below(execArgv: string[], largestFileBytes?: number): ForkOptions {
  if (largestFileBytes === undefined) return { execArgv };
  const limit = `ulimit -f ${Math.ceil(largestFileBytes / 1_024)}; exec "$0" "$@"`;
  return { execPath: 'bash', execArgv: ['-c', limit, process.execPath, ...execArgv] };
}
