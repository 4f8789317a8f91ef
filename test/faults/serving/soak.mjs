// An even rate for minutes: no error, memory and descriptors flat, as many audit rows as answers.
import fs from 'node:fs';
import http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { seeded } from '../../../provider/scripted/random.cjs';
import { median } from '../../../bench/statistics.mjs';
import { setStage } from '../stage.mjs';
import { startBrokers } from './brokers.mjs';
import { readOnce } from './readers.mjs';
import { reportOfSoak } from './report.mjs';
import { picker, storeSubjects } from './subjects.mjs';

const PROCESSES = 2;
const SUBJECTS = { organizations: 4, clients: 25, keys: 4 };
const TICK_MS = 10;
const LOOK_MS = 1_000;
const MINUTE_MS = 60_000;
/** By then code is compiled, pools are open, and caches hold what there is. */
const WARM = 0.3;
/** How much the last third may lie above the middle one: garbage that is not collected yet, and a spare connection or two. */
const MOST = { megabytes: (middle) => middle * 1.15 + 10, descriptors: (middle) => middle + 10 };

export async function soak({ home, closing, say, seed, minutes, rate }) {
  const stage = await setStage(home, closing);
  const subjects = await storeSubjects(stage, SUBJECTS);
  const brokers = await startBrokers(PROCESSES, home, () => stage.environment);
  closing.push(brokers.stop);
  const pick = picker(subjects, brokers.ports, seeded(seed));
  const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity });
  const counted = { asked: 0, released: 0, otherwise: {}, durations: [], most: 0 };
  const samples = [];
  const sampling = setInterval(() => samples.push(usageOf(brokers.pids())), LOOK_MS);
  closing.push(() => clearInterval(sampling));

  const startedAt = performance.now();
  const underWay = new Set();
  const read = async () => {
    const { status, code, sentAt, receivedAt } = await readOnce(agent, pick());
    if (status === 200) counted.released++;
    else counted.otherwise[`${status} ${code}`] = (counted.otherwise[`${status} ${code}`] ?? 0) + 1;
    counted.most = Math.max(counted.most, receivedAt - sentAt);
    // Memory of our own stays flat too.
    if (counted.asked % 100 === 0) counted.durations.push(receivedAt - sentAt);
  };
  for (let told = 0; ; await delay(TICK_MS)) {
    const elapsed = performance.now() - startedAt;
    if (elapsed > minutes * MINUTE_MS) break;
    for (const due = (elapsed / 1_000) * rate; counted.asked < due; counted.asked++) {
      const one = read().finally(() => underWay.delete(one));
      underWay.add(one);
    }
    if (elapsed < (told + 1) * MINUTE_MS) continue;
    told++;
    say(`soak: ${told} of ${minutes} minutes, ${counted.released} reads`);
  }
  await Promise.all(underWay);
  clearInterval(sampling);
  agent.destroy();
  await brokers.stop();
  const figures = {
    minutes,
    rate,
    ...counted,
    rows: await countReleases(stage),
    ...trend(samples),
    died: brokers.died(),
  };
  figures.violations = judge(figures);
  figures.middleMs = median(counted.durations);
  delete figures.durations;
  return { figures, text: reportOfSoak(figures) };
}

/** Resident memory and open descriptors of all brokers together; null where there is no /proc (only Linux has one). */
function usageOf(pids) {
  if (!fs.existsSync('/proc/self/fd')) return null;
  const each = pids.map((pid) => ({
    megabytes: Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1_024,
    descriptors: fs.readdirSync(`/proc/${pid}/fd`).length,
  }));
  const sum = (name) => each.reduce((total, one) => total + one[name], 0);
  return { megabytes: sum('megabytes'), descriptors: sum('descriptors') };
}

/** The middle values of the second and of the last third of the time, the start left out. */
function trend(samples) {
  if (samples.includes(null)) return { memory: null, descriptors: null };
  const warm = samples.slice(Math.floor(samples.length * WARM));
  const half = Math.floor(warm.length / 2);
  const of = (name) => [warm.slice(0, half), warm.slice(half)].map((part) => median(part.map((one) => one[name])));
  return { memory: of('megabytes'), descriptors: of('descriptors') };
}

async function countReleases({ database }) {
  const text = `select count(*)::int as n from audit where action = 'credential.read' and code = 'released'`;
  return (await database.query({ text }))[0].n;
}

function judge({ asked, released, rows, otherwise, memory, descriptors, died }) {
  const violations = Object.entries(otherwise).map(([how, count]) => ({ what: `not served: ${how}`, count }));
  if (rows !== released) violations.push({ what: 'audit rows and answers differ', rows, released, asked });
  const grown = (what, parts, most) => {
    if (parts !== null && parts[1] > most(parts[0]))
      violations.push({ what: `${what} grew`, from: parts[0], to: parts[1] });
  };
  grown('memory', memory, MOST.megabytes);
  grown('descriptors', descriptors, MOST.descriptors);
  return [...violations, ...died.map((how) => ({ what: 'a process ended by itself', ...how }))];
}
