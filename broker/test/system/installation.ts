import fs from 'node:fs';
import path from 'node:path';
import { runningServer, type RunningServer } from '../../src/db/embedded/running';
import { withClient } from '../support/postgres-statements';
import { dataOf, temporaryDataDir } from '../support/postgres-members';
import { stopLoads } from './load';
import {
  beginProgram,
  runProgram,
  startProgram,
  type Ended,
  type Environment,
  type Program,
  type Running,
} from './program';

/** A data folder of a test's own, and the processes that run on it. */
export interface Installation {
  readonly dataDir: string;
  /** Starts `otobot <command>` on this data folder, on a free port. */
  start(command: 'start' | 'serve' | 'refresh', env?: Environment): Promise<Program>;
  /** The same without waiting until it is started. */
  begin(args: readonly string[], env?: Environment): Running;
  /** Runs a command on this data folder to its end. */
  run(args: readonly string[], env?: Environment): Promise<Ended>;
  /** What a person would sign in to the embedded database with: the superuser. */
  databaseUrl(): string;
  /** Runs one statement as the superuser. */
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  /** The embedded server; null when it does not run. */
  server(): RunningServer | null;
  /** Ends every process that is left, kills the server, removes the folder. */
  remove(): Promise<void>;
}

export function createInstallation(): Installation {
  const { dataDir, remove } = temporaryDataDir();
  const programs: Running[] = [];
  const environment = (env: Environment): Environment => ({ PORT: '0', OTOBOT_DATA_DIR: dataDir, ...env });

  const server = (): RunningServer | null => runningServer(dataOf(dataDir));
  const databaseUrl = (): string => {
    const password = fs.readFileSync(path.join(dataDir, 'postgres.password'), 'utf8');
    return `postgres://otobot:${password}@127.0.0.1:${server()?.port ?? 0}/otobot`;
  };

  return {
    dataDir,
    server,
    databaseUrl,
    start: async (command, env = {}) => {
      const program = await startProgram([command], environment(env));
      programs.push(program);
      return program;
    },
    begin: (args, env = {}) => {
      const running = beginProgram(args, environment(env));
      programs.push(running);
      return running;
    },
    run: (args, env = {}) => runProgram(args, environment(env)),
    query: <Row extends object>(text: string, values?: unknown[]) =>
      withClient(databaseUrl(), async (client) => (await client.query<Row>(text, values)).rows),
    remove: async () => {
      const loads = stopLoads(); // readers that wait are answered, or cut off by the kill
      for (const program of programs) program.signal('SIGKILL');
      await Promise.all(programs.map((program) => program.ended));
      await loads;
      await remove();
    },
  };
}
