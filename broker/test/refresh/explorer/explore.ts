import { wrongWithEnd, wrongWithStep } from './invariants';
import { beginning, type Bounds, type Rules, type World } from './model';
import type { Step } from './spooling';
import { isTooLong, stepsFrom } from './steps';

export interface Explored {
  states: number;
  steps: number;
  ends: number;
  /** Not followed further: too many attempts. */
  tooLong: number;
  /** What is wrong, with the shortest way there. */
  wrong: { what: string; trace: string[] }[];
}

/** More would take more memory than a test should. */
const MAX_STATES = 400_000;

interface Seen {
  from: string | null;
  name: string;
}

/** Visits every world that can be reached, in the order of the number of steps to it. */
export function explore(rules: Rules, bounds: Bounds): Explored {
  const first = beginning(rules, bounds);
  const seen = new Map<string, Seen>([[key(first), { from: null, name: '' }]]);
  const wrong = new Map<string, string[]>();
  const explored = { steps: 0, ends: 0, tooLong: 0 };
  for (let front: World[] = [first]; front.length > 0;) {
    const next: World[] = [];
    for (const world of front) {
      const at = key(world);
      const steps = stepsFrom(world, rules);
      const note = (what: string | null, name: string): void => {
        if (what !== null && !wrong.has(what)) wrong.set(what, [...wayTo(seen, at), name]);
      };
      if (steps.length === 0) {
        if (isTooLong(world)) explored.tooLong += 1;
        else explored.ends += 1;
        if (!isTooLong(world)) note(wrongWithEnd(world, rules), '(end)');
      }
      if (seen.size > MAX_STATES) throw new Error(`more than ${MAX_STATES} states`);
      for (const step of steps) {
        explored.steps += 1;
        note(wrongWithStep(world, step, rules), step.name);
        visit(step, at, seen, next);
      }
    }
    front = next;
  }
  return { ...explored, states: seen.size, wrong: [...wrong].map(([what, trace]) => ({ what, trace })) };
}

function visit({ name, to }: Step, from: string, seen: Map<string, Seen>, next: World[]): void {
  const reached = key(to);
  if (seen.has(reached)) return;
  seen.set(reached, { from, name });
  next.push(to);
}

function wayTo(seen: ReadonlyMap<string, Seen>, end: string): string[] {
  const way: string[] = [];
  for (let at: string | null = end; at !== null;) {
    const step: Seen | undefined = seen.get(at);
    if (step?.from != null) way.unshift(step.name);
    at = step?.from ?? null;
  }
  return way;
}

/** The two workers are interchangeable. */
const key = ({ workers, ...rest }: World): string =>
  JSON.stringify(rest) +
  workers
    .map((worker) => JSON.stringify(worker))
    .sort()
    .join('');
