export interface RankTest {
  /** How often a value of the left is greater than one of the right, ties counted half: 0.5 where nothing tells them apart. */
  slower: number;
  /** That, with the 95 % interval of its being 0.5 in truth. */
  interval: [number, number];
  /** How likely a difference like this, or a greater one, is by chance. */
  p: number;
}

/** Mann and Whitney's test with the correction for ties, by the normal approximation: for samples of 20 and more. */
export function rankTest(left: readonly number[], right: readonly number[]): RankTest;
