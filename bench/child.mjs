import { fork } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const PROCESSES = fileURLToPath(new URL('processes/', import.meta.url));
/** By their `stop`: the files that they write their standard error to. */
const running = new Map();

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
    const reason = new Error(`${name} ended with ${code ?? signal}:\n${lastWords(log)}`);
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
  running.set(stop, { name, log });
  return { ready: await ask('open', input), ask, stop };
}

/** The youngest first: whoever uses another goes before it. */
export async function stopAll() {
  for (const stop of [...running.keys()].reverse()) await stop();
}

/** What those that still run have said, for whoever has to find out why something failed. Ask before they are stopped. */
export function whatTheySaid() {
  return [...running.values()]
    .map(({ name, log }) => ({ name, words: lastWords(log) }))
    .filter(({ words }) => words !== '')
    .map(({ name, words }) => `${name} said:\n${words}`);
}

/** The end of a standard error, without the records of requests. */
function lastWords(file) {
  if (!fs.existsSync(file)) return '';
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  return lines
    .filter((line) => !line.includes('"message":"request"'))
    .join('\n')
    .trim()
    .slice(-2_000);
}
