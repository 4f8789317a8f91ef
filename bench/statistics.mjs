/** The middle value; of an even number of values, the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** p50 and p99 by nearest rank. */
export function percentiles(values) {
  const sorted = Float64Array.from(values).sort();
  const at = (share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
  return { p50: at(0.5), p99: at(0.99) };
}

/** `{ a: 1 }, { a: 3 }` → `{ a: 2 }`: the median of each member, over the rounds. What nobody measured (null) has none. */
export function medians(rounds) {
  const of = (name) => (rounds[0][name] === null ? null : median(rounds.map((round) => round[name])));
  return Object.fromEntries(Object.keys(rounds[0]).map((name) => [name, of(name)]));
}
