import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fromBroker } from '../../bench/from-broker.mjs';

const { readLines } = fromBroker('./dist/spool/lines');
const OTOBOT = fileURLToPath(new URL('../../broker/dist/bin/otobot.js', import.meta.url));
const RESTART_MS = 300;
const STOPS_WITHIN_MS = 40_000;

/**
 * So many `otobot refresh` processes, started again when they end, as a supervisor does. `lives` tells of each process that ever
 * was: its numbers as a worker, when it was killed, when it was frozen.
 */
export function startWorkers(count, home, environment) {
  const lives = [];
  const slots = Array.from({ length: count }, () => ({ life: null, notBefore: 0 }));
  const spooled = new Set();
  let ending = false;

  const begin = (slot) => {
    const stderr = path.join(home, `worker-${lives.length}.log`);
    const file = fs.openSync(stderr, 'a');
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...environment };
    const child = spawn(process.execPath, [OTOBOT, 'refresh'], { cwd: home, env, stdio: ['ignore', 'ignore', file] });
    fs.closeSync(file);
    const life = { child, log: stderr, killedAt: null, frozen: [], endedAt: null };
    life.ended = once(child, 'exit').then(() => {
      life.endedAt = Date.now();
      for (const attemptId of tokensInSpools(path.join(environment.OTOBOT_DATA_DIR, 'spool'))) spooled.add(attemptId);
      // Where the database is away at its start, a process ends by itself and is started again.
      if (!ending) void delay(Math.max(RESTART_MS, slot.notBefore - Date.now())).then(() => ending || begin(slot));
    });
    lives.push(life);
    slot.life = life;
  };
  slots.forEach(begin);
  // However we end: nobody else would end them.
  process.once('exit', () => slots.forEach(({ life }) => life.child.kill('SIGKILL')));

  const awake = (slot) => slots[slot].life.endedAt === null && slots[slot].life.frozen.at(-1)?.to !== null;
  const thaw = (life) => {
    if (life.frozen.at(-1)?.to !== null || life.endedAt !== null) return;
    life.frozen.at(-1).to = Date.now();
    life.child.kill('SIGCONT');
  };
  return {
    lives,
    /** The attempts whose tokens were on the disk when a worker died. */
    spooled: () => spooled,
    kill: (slot, restartMs) => {
      if (!awake(slot)) return false;
      slots[slot].notBefore = Date.now() + restartMs;
      slots[slot].life.killedAt = Date.now();
      return slots[slot].life.child.kill('SIGKILL');
    },
    /** Returns what thaws it; null: it is not there to be frozen. */
    freeze: (slot) => {
      if (!awake(slot)) return null;
      const { life } = slots[slot];
      life.frozen.push({ from: Date.now(), to: null });
      life.child.kill('SIGSTOP');
      return () => thaw(life);
    },
    stop: async () => {
      ending = true;
      const running = lives.filter(({ endedAt }) => endedAt === null);
      for (const life of running) thaw(life);
      for (const { child } of running) child.kill('SIGTERM');
      const timer = setTimeout(() => running.forEach(({ child }) => child.kill('SIGKILL')), STOPS_WITHIN_MS);
      await Promise.all(running.map(({ ended }) => ended));
      clearTimeout(timer);
    },
  };
}

function tokensInSpools(folder) {
  const names = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith('.spool')) : [];
  return names.flatMap((name) => {
    const { payloads } = readLines(readIfThere(path.join(folder, name)));
    return payloads
      .map((payload) => JSON.parse(payload).completion)
      .filter(({ set }) => set !== null)
      .map(({ attemptId }) => attemptId);
  });
}

/** It may be adopted, and then deleted, at any moment. */
function readIfThere(file) {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return Buffer.alloc(0);
  }
}

/** The numbers that each process worked under, from its own log; whether it ended by itself after it had begun to work. */
export function readLives(lives) {
  return lives.map(({ child, log, killedAt, frozen, endedAt }) => {
    const lines = fs.readFileSync(log, 'utf8').split('\n');
    const numbers = lines.filter((line) => line.includes('"working"')).map((line) => JSON.parse(line).workerNumber);
    const diedByItself = numbers.length > 0 && killedAt === null && child.exitCode !== 0;
    return { pid: child.pid, numbers, killedAt, frozen, endedAt, diedByItself, log };
  });
}
