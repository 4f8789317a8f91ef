// Child processes, each the leader of a group of its own, so that nothing that they start outlives the run.
import { spawn } from 'node:child_process';

const groups = new Set();

/** Starts a program whose output is collected in `output.text`; it is stopped by `stop` or, at the latest, by `stopAll`. */
export function start(command, args, options = {}) {
  const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { text: '', errors: '' };
  child.stdout.on('data', (chunk) => (output.text += chunk));
  child.stderr.on('data', (chunk) => (output.errors += chunk));
  groups.add(child);
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve({ status: null, error }));
    child.once('close', (status, signal) => resolve({ status, signal }));
  });
  void ended.then(() => groups.delete(child));
  return { child, output, ended };
}

/** Runs a program to its end. @returns `{status, text, errors}`; a program that takes longer than `timeoutMs` is killed. */
export async function run(command, args, { timeoutMs = 300_000, ...options } = {}) {
  const { child, output, ended } = start(command, args, options);
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), timeoutMs);
  const { status, error } = await ended;
  clearTimeout(timer);
  if (error) throw new Error(`cannot run ${command}: ${error.message}`);
  return { status, text: output.text, errors: output.errors };
}

/** As `run`, but a status other than 0 is an error that shows what the program said. */
export async function mustRun(command, args, options = {}) {
  const result = await run(command, args, options);
  if (result.status === 0) return result;
  const said = `${result.text}\n${result.errors}`.trim().split('\n').slice(-25).join('\n');
  throw new Error(`${[command, ...args].join(' ')} ended with status ${result.status}:\n${said}`);
}

/** Asks a program to end, and insists after `patienceMs`. */
export async function stop({ child, ended }, patienceMs = 25_000) {
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), patienceMs);
  await ended;
  clearTimeout(timer);
  signalGroup(child, 'SIGKILL'); // whatever it left behind in its group
}

/** For the end of the run, however it comes. */
export function killAll() {
  for (const child of groups) signalGroup(child, 'SIGKILL');
}

function signalGroup({ pid }, signal) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
