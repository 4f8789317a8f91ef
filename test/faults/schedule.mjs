import { between, seeded, weighted } from '../../provider/scripted/random.cjs';

const FAULTS = [
  { weight: 26, fault: 'kill', rest: (random) => ({ forMs: between(random, 200, 1_500) }) },
  { weight: 14, fault: 'freeze', rest: (random) => ({ forMs: between(random, 300, 6_000) }) },
  { weight: 12, fault: 'terminate', rest: (random) => ({ share: random() < 0.3 ? 1 : random() * 0.3 }) },
  { weight: 5, fault: 'freeze-postgres', rest: (random) => ({ forMs: between(random, 300, 3_000) }) },
  { weight: 10, fault: 'freeze-postgres-and-kill', rest: (random) => darkness(random) },
  { weight: 5, fault: 'crash-postgres', rest: () => ({}) },
  { weight: 5, fault: 'crash-backend', rest: () => ({}) },
  { weight: 9, fault: 'weather', rest: (random) => weather(random, 'cut') },
  { weight: 6, fault: 'weather', rest: (random) => weather(random, 'drop') },
  { weight: 9, fault: 'weather', rest: (random) => weather(random, 'slow') },
  { weight: 4, fault: 'weather', rest: (random) => weather(random, 'hang') },
  { weight: 5, fault: 'weather', rest: (random) => weather(random, 'down') },
  { weight: 3, fault: 'weather', rest: (random) => weather(random, 'gateway') },
];
/** So many refreshes lie between two faults: a slow machine has as many of them to get through, not more. */
const EVERY = [60, 160];
/** Beyond the lease of a minute, so that others take over and the frozen one comes back to find it so. */
const LONG_FREEZE = { at: 500, fault: 'freeze', worker: 0, forMs: 66_000 };

/** Long enough for answers to go to the disk, 250 ms after their commit began to hang; the kill comes before it is over. */
const darkness = (random) => {
  const forMs = between(random, 1_000, 3_000);
  return { forMs, afterMs: between(random, 300, forMs - 100) };
};
const weather = (random, kind) => ({ kind, forMs: between(random, 300, 3_000) });

/** What happens after how many refreshes, to which worker: a function of the seed alone. */
export function scheduleOf({ seed, workers, longFreeze, refreshes }) {
  const random = seeded(seed);
  const schedule = [];
  for (let at = between(random, ...EVERY); at < refreshes; at += between(random, ...EVERY)) {
    const { fault, rest } = weighted(random, FAULTS);
    schedule.push({ at, fault, worker: Math.floor(random() * workers), ...rest(random) });
  }
  if (longFreeze) schedule.push(LONG_FREEZE);
  return schedule.sort((a, b) => a.at - b.at);
}
