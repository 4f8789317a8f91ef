import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const OTOBOT = fileURLToPath(new URL('../../../broker/dist/bin/otobot.js', import.meta.url));
const RESTART_MS = 100;
const HEALTHY_WITHIN_MS = 60_000;
const STOPS_WITHIN_MS = 40_000;
/** Counted as ever, and set so high that a few keys may do what otherwise hundreds do. */
const RATE_LIMIT_PER_MINUTE = '10000000';
const PRODUCTION = { NODE_ENV: 'production', PUBLIC_URL: 'http://localhost' };

/**
 * So many `otobot serve` processes, each on a port of its own, started again at once when they end, as a supervisor does.
 * `environmentOf(index)` may differ: its way to the database, for one. Resolves when all answer.
 */
export async function startBrokers(count, home, environmentOf) {
  const slots = [];
  let ending = false;
  const begin = (slot) => {
    const log = path.join(home, `serve-${slot.index}.log`);
    const file = fs.openSync(log, 'a');
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...slot.environment };
    slot.child = spawn(process.execPath, [OTOBOT, 'serve'], { cwd: home, env, stdio: ['ignore', 'ignore', file] });
    fs.closeSync(file);
    slot.lives++;
    slot.begunAt = performance.now();
    slot.served = false;
    slot.ended = once(slot.child, 'exit').then(([code, signal]) => {
      if (ending) return;
      // Where the database is away at its start, a process ends by itself and is started again.
      if (signal !== 'SIGKILL' && slot.served) slot.died.push({ code, signal, said: lastErrorIn(log) });
      void delay(RESTART_MS).then(() => ending || begin(slot));
    });
  };
  for (let index = 0; index < count; index++) {
    const port = await freePort();
    const environment = { ...environmentOf(index), PORT: String(port), RATE_LIMIT_PER_MINUTE, ...PRODUCTION };
    slots.push({ index, port, environment, lives: 0, served: false, died: [] });
  }
  slots.forEach(begin);
  // However we end: nobody else would end them.
  process.once('exit', () => slots.forEach(({ child }) => child.kill('SIGKILL')));
  await Promise.all(slots.map(({ port }) => untilHealthy(port)));
  return {
    ports: slots.map(({ port }) => port),
    pids: () => slots.map(({ child }) => child.pid),
    lives: () => slots.reduce((sum, { lives }) => sum + lives, 0),
    /** Who ended by himself after he had served. */
    died: () => slots.flatMap(({ died }) => died),
    /** An answer to something that was asked at `sentAt`: by this life of the process, if it had begun by then. */
    served: (index, sentAt) => (slots[index].served ||= sentAt > slots[index].begunAt),
    kill: (index) => slots[index].child.kill('SIGKILL'),
    stop: async () => {
      ending = true;
      const children = slots.map(({ child }) => child);
      for (const child of children) child.kill('SIGTERM');
      const timer = setTimeout(() => children.forEach((child) => child.kill('SIGKILL')), STOPS_WITHIN_MS);
      await Promise.all(slots.map(({ ended }) => ended));
      clearTimeout(timer);
    },
  };
}

/** `error: …`, as a program says why it ends. */
const lastErrorIn = (log) =>
  fs
    .readFileSync(log, 'utf8')
    .split('\n')
    .findLast((line) => line.startsWith('error: '));

async function untilHealthy(port) {
  const deadline = performance.now() + HEALTHY_WITHIN_MS;
  for (;;) {
    const healthy = await fetch(`http://127.0.0.1:${port}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (healthy) return;
    if (performance.now() > deadline) throw new Error(`the broker on port ${port} does not start`);
    await delay(RESTART_MS);
  }
}

async function freePort() {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}
