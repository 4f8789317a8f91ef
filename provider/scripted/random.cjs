'use strict';
/** A small seeded generator (mulberry32): the same seed gives the same numbers on every machine. In [0, 1). */
function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const between = (random, min, max) => Math.round(min + random() * (max - min));

/** One of `entries` ({ weight, … }), the heavier the more often. */
function weighted(random, entries) {
  let left = random() * entries.reduce((sum, { weight }) => sum + weight, 0);
  return entries.find(({ weight }) => (left -= weight) < 0) ?? entries.at(-1);
}

module.exports = { seeded, between, weighted };
