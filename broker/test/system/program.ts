import { spawn, type ChildProcess } from 'node:child_process';
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

/** A process of the compiled program that has said that it is started. */
export interface Program {
  readonly pid: number;
  /** Of its API; empty when it does not serve. */
  readonly url: string;
  /** As printed; null when none was. */
  readonly accessKey: string | null;
  /** From the spawn to the greeting. */
  readonly startedInMs: number;
  stdout(): string;
  stderr(): string;
  signal(name: NodeJS.Signals): void;
  ended: Promise<Ended>;
}

/** Starts `otobot <args>` and waits for its greeting. Fails with what it printed if it ends before. */
export async function startProgram(args: readonly string[], env: Environment): Promise<Program> {
  const startedAt = performance.now();
  const { child, output, ended } = launch(args, env);
  const hasStarted = (): boolean => output.stdout.includes(STARTED);
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  await until(`otobot ${args.join(' ')} is started`, () => hasStarted() || isOver(), START_WITHIN_MS);
  if (!hasStarted()) throw new Error(`otobot ${args.join(' ')} did not start: ${JSON.stringify(await ended)}`);
  return {
    pid: child.pid ?? 0,
    url: /API +(http:\S+)/.exec(output.stdout)?.[1] ?? '',
    accessKey: /^ +(otb_live_\S+)$/m.exec(output.stdout)?.[1] ?? null,
    startedInMs: performance.now() - startedAt,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    signal: (name) => child.kill(name),
    ended,
  };
}

/** Runs `otobot <args>` to its end, as a command in a shell. Fails if that takes a minute. */
export async function runProgram(args: readonly string[], env: Environment): Promise<Ended> {
  const { child, ended } = launch(args, env);
  const timer = setTimeout(() => child.kill('SIGKILL'), START_WITHIN_MS);
  const how = await ended;
  clearTimeout(timer);
  return how;
}

// Nothing of the environment of the tests reaches it but the way to the programs of the machine.
function launch(
  args: readonly string[],
  env: Environment,
): { child: ChildProcess; output: { stdout: string; stderr: string }; ended: Promise<Ended> } {
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
  return { child, output, ended };
}
