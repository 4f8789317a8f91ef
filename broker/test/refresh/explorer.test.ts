import { explore } from './explorer/explore';
import type { Bounds, Rotation } from './explorer/model';

// Two workers and one connection; crashes, freezes, cut sessions, lost answers, a provider that lies once: at every point, in every order.
// The statements of the model are held to PostgreSQL by explorer-replay.test.ts.
const ROTATIONS: Rotation[] = ['none', 'grace', 'strict'];
const BOUNDS: [string, Bounds & { random: number }][] = [
  ['one fault, a reader, no patience', { faults: 1, readers: 1, random: 0 }],
  ['one fault, a reader, much patience', { faults: 1, readers: 1, random: 0.999 }],
  ['two faults', { faults: 2, readers: 0, random: 0.5 }],
];
const LIFETIMES: [string, number][] = [
  ['a token that lives', 600],
  ['a token that is dead', -1],
];
const GRACE_SECONDS = 120;

let states = 0;
let steps = 0;
afterAll(() => {
  process.stdout.write(`explorer: ${states} states, ${steps} steps between them\n`);
});

describe.each(ROTATIONS)('rotation %s', (rotation) => {
  describe.each(LIFETIMES)('%s', (_life, firstLifetime) => {
    test.each(BOUNDS)(
      '%s: no order of events loses, repeats or wrongly ends anything',
      (_name, { random, ...bounds }) => {
        const explored = explore({ rotation, firstLifetime, random, graceSeconds: GRACE_SECONDS }, bounds);
        states += explored.states;
        steps += explored.steps;
        expect(explored.wrong).toEqual([]);
        expect(explored.ends).toBeGreaterThan(50);
        // Else nothing would be said of how those end.
        expect(explored.tooLong).toBe(0);
      },
    );
  });
});
