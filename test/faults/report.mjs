const SHOWN = 12;

export function reportOfRefreshing({ struck, outages, processes, refreshes, ...verdict }) {
  const { violations, twice, losses, alarms, flaggedAfterMs, spooled, calls, attempts } = verdict;
  const latest = Math.max(0, ...flaggedAfterMs);
  return [
    `${refreshes} refreshes granted to ${calls} calls of ${attempts} attempts, ${processes} worker processes`,
    `faults             ${table(struck)}`,
    `PostgreSQL away    ${outages.length} times, ${(Math.max(0, ...outages.map(({ from, to }) => to - from)) / 1_000).toFixed(1)} s at the longest`,
    `asked twice        ${table(twice)}`,
    `tokens lost        ${table(losses)}`,
    `flagged            all lost tokens, the last one ${(latest / 1_000).toFixed(1)} s after its answer (frozen workers apart)`,
    `asked for nothing  ${table(alarms)}`,
    `saved by spools    ${spooled} tokens were on the disk alone when a worker died`,
    ...linesOfViolations(violations),
  ].join('\n');
}

/** None, or how many of which kind, with some of them whole. */
export function linesOfViolations(violations) {
  if (violations.length === 0) return ['violations         none', ''];
  const some = violations.slice(0, SHOWN).map((violation) => `  ${JSON.stringify(violation)}`);
  return [`violations         ${violations.length}: ${table(tally(violations))}`, ...some, ''];
}

const tally = (violations) => {
  const counts = {};
  for (const { what, mode = '' } of violations) {
    const kind = `${mode} ${what}`.trim();
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
};

/** `name count`, a line each, sorted by name. */
export const table = (counts) =>
  Object.entries(counts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${name} ${count}`)
    .join('\n                   ') || 'none';
