import { fork } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const PROCESSES = fileURLToPath(new URL('processes/', import.meta.url));
const running = new Set();

/**
 * Starts processes/<name>.mjs and waits until it is ready. Its standard error, where the broker writes its request log, goes to a
 * file in `home`: like that it costs what it costs in production.
 */
export async function startProcess(name, input, { home, execArgv = [] }) {
  const log = path.join(home, `${name}.log`);
  const stderr = fs.openSync(log, 'a');
  const child = fork(path.join(PROCESSES, `${name}.mjs`), { execArgv, stdio: ['ignore', 'ignore', stderr, 'ipc'] });
  fs.closeSync(stderr);
  const waiting = new Map();
  child.on('message', ({ id, result, error }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) resolve(result);
    else reject(new Error(`${name}: ${error}`));
  });
  const exited = once(child, 'exit').then(([code, signal]) => {
    const reason = new Error(`${name} ended with ${code ?? signal}:\n${tail(log)}`);
    for (const { reject } of waiting.values()) reject(reason);
  });
  let lastId = 0;
  const ask = (command, argument) =>
    new Promise((resolve, reject) => {
      const id = (lastId += 1);
      waiting.set(id, { resolve, reject });
      child.send({ id, command, argument }, (error) => error && reject(error));
    });
  const stop = async () => {
    if (child.connected) child.disconnect();
    await exited;
    running.delete(stop);
  };
  running.add(stop);
  return { ready: await ask('open', input), ask, stop };
}

/** The youngest first: whoever uses another goes before it. */
export async function stopAll() {
  for (const stop of [...running].reverse()) await stop();
}

function tail(file) {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').slice(-2_000) : '';
}
