'use strict';

/** See rank-test.d.cts. */
function rankTest(left, right) {
  const pairs = [...left.map((value) => ({ value, left: true })), ...right.map((value) => ({ value, left: false }))];
  pairs.sort((a, b) => a.value - b.value);
  let ranksOfLeft = 0;
  let ties = 0;
  for (let from = 0, to; from < pairs.length; from = to) {
    for (to = from + 1; to < pairs.length && pairs[to].value === pairs[from].value; to++);
    const rank = (from + 1 + to) / 2;
    ties += (to - from) ** 3 - (to - from);
    for (let n = from; n < to; n++) if (pairs[n].left) ranksOfLeft += rank;
  }
  const [n, m, all] = [left.length, right.length, pairs.length];
  const smaller = ranksOfLeft - (n * (n + 1)) / 2;
  const deviation = Math.sqrt(((n * m) / 12) * (all + 1 - ties / (all * (all - 1))));
  const z = deviation === 0 ? 0 : (smaller - (n * m) / 2) / deviation;
  const slower = smaller / (n * m);
  const margin = (1.96 * deviation) / (n * m);
  return { slower, interval: [slower - margin, slower + margin], p: Math.min(1, 2 * upperTail(Math.abs(z))) };
}

/** Of the standard normal distribution: Abramowitz and Stegun 26.2.17, to 7.5e-8. */
function upperTail(z) {
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}

module.exports = { rankTest };
