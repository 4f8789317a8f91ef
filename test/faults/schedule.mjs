import { between, seeded, weighted } from '../../provider/scripted/random.cjs';

const FAULTS = [
  { weight: 26, fault: 'kill', rest: (random) => ({ forMs: between(random, 200, 1_500) }) },
  { weight: 14, fault: 'freeze', rest: (random) => ({ forMs: between(random, 300, 6_000) }) },
  { weight: 12, fault: 'terminate', rest: (random) => ({ share: random() < 0.3 ? 1 : random() * 0.3 }) },
  { weight: 6, fault: 'crash-postgres', rest: () => ({}) },
  { weight: 6, fault: 'crash-backend', rest: () => ({}) },
  { weight: 9, fault: 'weather', rest: (random) => weather(random, 'cut') },
  { weight: 6, fault: 'weather', rest: (random) => weather(random, 'drop') },
  { weight: 9, fault: 'weather', rest: (random) => weather(random, 'slow') },
  { weight: 4, fault: 'weather', rest: (random) => weather(random, 'hang') },
  { weight: 5, fault: 'weather', rest: (random) => weather(random, 'down') },
  { weight: 3, fault: 'weather', rest: (random) => weather(random, 'gateway') },
];
const EVERY_MS = [600, 2_000];
const START_MS = 1_500;
/** Beyond the lease of a minute, so that others take over and the frozen one comes back to find it so. */
const LONG_FREEZE = { atMs: 8_000, fault: 'freeze', worker: 0, forMs: 66_000 };

const weather = (random, kind) => ({ kind, forMs: between(random, 300, 3_000) });

/** What happens when, to which worker: a function of the seed alone. */
export function scheduleOf({ seed, workers, longFreeze, limitMs }) {
  const random = seeded(seed);
  const schedule = [];
  for (let atMs = START_MS; atMs < limitMs; atMs += between(random, ...EVERY_MS)) {
    const { fault, rest } = weighted(random, FAULTS);
    schedule.push({ atMs, fault, worker: Math.floor(random() * workers), ...rest(random) });
  }
  if (longFreeze) schedule.push(LONG_FREEZE);
  return schedule.sort((a, b) => a.atMs - b.atMs);
}
