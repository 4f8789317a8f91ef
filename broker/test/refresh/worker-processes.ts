import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Scene } from './scene';

export interface WorkerProcess {
  signal(name: NodeJS.Signals): void;
  /** kill -9, also when frozen. */
  kill(): Promise<void>;
}

export interface WorkerProcessOptions {
  /** Its own way to the database. */
  databaseUrl?: string;
}

/** Starts a worker in a process of its own. */
export async function startWorkerProcess(
  { db, masterHex, dataDir }: Scene,
  { databaseUrl = db.url }: WorkerProcessOptions = {},
): Promise<WorkerProcess> {
  const loader = path.join(__dirname, '../support/run-typescript.cjs');
  const child: ChildProcess = fork(path.join(__dirname, 'worker-process.ts'), [databaseUrl, masterHex, dataDir], {
    execArgv: ['-r', loader],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  await Promise.race([
    once(child, 'message'),
    exited.then(([code]) => {
      throw new Error(`the worker process ended with ${String(code)}`);
    }),
  ]);
  return {
    signal: (name) => void child.kill(name),
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await exited;
    },
  };
}
