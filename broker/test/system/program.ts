import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { until } from '../support/until';

const PROGRAM = path.resolve(__dirname, '..', '..', 'dist', 'bin', 'otobot.js');
const STARTED = 'Ctrl-C stops it.';
const START_WITHIN_MS = 60_000;

export type Environment = Readonly<Record<string, string>>;

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A process of the compiled program. */
export interface Running {
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

/** One that has said that it is started. */
export interface Program extends Running {
  /** Of its API; empty when it does not serve. */
  readonly url: string;
  /** As printed; null when none was. */
  readonly accessKey: string | null;
  /** From the spawn to the greeting. */
  readonly startedInMs: number;
}

/** Starts `otobot <args>` and waits for its greeting. Fails with what it printed if it ends before. */
export async function startProgram(args: readonly string[], env: Environment): Promise<Program> {
  const startedAt = performance.now();
  const running = beginProgram(args, env);
  let over = false;
  void running.ended.then(() => (over = true));
  const hasStarted = (): boolean => running.stdout().includes(STARTED);
  await until(`otobot ${args.join(' ')} is started`, () => hasStarted() || over, START_WITHIN_MS);
  if (!hasStarted()) throw new Error(`otobot ${args.join(' ')} did not start: ${JSON.stringify(await running.ended)}`);
  return {
    ...running,
    url: /API +(http:\S+)/.exec(running.stdout())?.[1] ?? '',
    accessKey: /^ +(otb_live_\S+)$/m.exec(running.stdout())?.[1] ?? null,
    startedInMs: performance.now() - startedAt,
  };
}

/** Runs `otobot <args>` to its end, as a command in a shell. Kills it if that takes a minute. */
export async function runProgram(args: readonly string[], env: Environment): Promise<Ended> {
  const running = beginProgram(args, env);
  const timer = setTimeout(() => {
    running.signal('SIGKILL');
  }, START_WITHIN_MS);
  const how = await running.ended;
  clearTimeout(timer);
  return how;
}

/** Starts `otobot <args>` and waits for nothing. Of the tests' environment only PATH reaches it. */
export function beginProgram(args: readonly string[], env: Environment): Running {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = once(child, 'close').then(([code, signal]): Ended => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    ...output,
  }));
  return {
    pid: child.pid ?? 0,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    signal: (name) => void child.kill(name),
    ended,
  };
}
