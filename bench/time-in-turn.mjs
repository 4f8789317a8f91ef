import { randomInt } from 'node:crypto';

/**
 * Milliseconds that `work` takes on texts of several kinds: in each round one of each, in an order drawn anew, so that whatever else happens on
 * the machine strikes all kinds alike.
 */
export async function timeInTurn({ kinds, rounds }, work) {
  const durations = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, []]));
  for (let round = 0; round < rounds; round++) {
    for (const kind of shuffled(Object.keys(kinds))) {
      const text = kinds[kind][round % kinds[kind].length];
      const startedAt = performance.now();
      await work(text, round);
      durations[kind].push(performance.now() - startedAt);
    }
  }
  return durations;
}

function shuffled(list) {
  const left = [...list];
  return list.map(() => left.splice(randomInt(left.length), 1)[0]);
}
