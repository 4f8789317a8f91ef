import { rankTest } from '../../bench/rank-test.cjs';

/** Spread evenly over [shift, shift + 1), in an order that says nothing; `step` makes it another sample of the same kind. */
const sample = (count: number, step: number, shift: number): number[] =>
  Array.from({ length: count }, (_, n) => ((n * step) % 1) + shift);
const [GOLDEN, SILVER] = [(Math.sqrt(5) - 1) / 2, Math.SQRT2 - 1];

test('samples of one kind are not told apart, and those of two kinds are', () => {
  expect(rankTest(sample(2_000, GOLDEN, 0), sample(2_000, SILVER, 0)).p).toBeGreaterThan(0.05);
  const shifted = rankTest(sample(2_000, GOLDEN, 0.1), sample(2_000, SILVER, 0));
  expect(shifted.slower).toBeCloseTo(0.595, 1);
  expect(shifted.p).toBeLessThan(1e-6);
  expect(shifted.interval[0]).toBeGreaterThan(0.5);
});

test('what is always greater is so, and ties count half', () => {
  expect(rankTest([4, 5, 6], [1, 2, 3]).slower).toBe(1);
  expect(rankTest([1, 2, 3], [4, 5, 6]).slower).toBe(0);
  const alike = rankTest([1, 1, 1], [1, 1, 1]);
  expect(alike.slower).toBe(0.5);
  expect(alike.p).toBeCloseTo(1, 6);
});

// By hand: of 25 pairs 10 have the greater on the left; deviation √(25 · 11 / 12), z = (10 − 12.5) / 4.787 = −0.522.
test('a small sample comes out as by hand', () => {
  const { slower, p } = rankTest([1.1, 2.2, 3.3, 4.4, 5.5], [2, 3.1, 4.2, 5.3, 6.4]);
  expect(slower * 25).toBeCloseTo(10, 6);
  expect(p).toBeCloseTo(0.6015, 4);
});
