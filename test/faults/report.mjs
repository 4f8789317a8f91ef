const SHOWN = 12;

export function report({ seed, struck, outages, figures, seconds, refreshes, processes }) {
  const { violations, twice, losses, alarms, flaggedAfterMs, spooled, calls, attempts } = figures;
  const latest = Math.max(0, ...flaggedAfterMs);
  return [
    `seed ${seed}: ${refreshes} refreshes granted to ${calls} calls of ${attempts} attempts, ${processes} worker processes, ${seconds} s`,
    `faults             ${table(struck)}`,
    `PostgreSQL away    ${outages.length} times, ${(Math.max(0, ...outages.map(({ from, to }) => to - from)) / 1_000).toFixed(1)} s at the longest`,
    `asked twice        ${table(twice)}`,
    `tokens lost        ${table(losses)}`,
    `flagged            all lost tokens, the last one ${(latest / 1_000).toFixed(1)} s after its answer (frozen workers apart)`,
    `asked for nothing  ${table(alarms)}`,
    `saved by spools    ${spooled} tokens were on the disk alone when a worker died`,
    violations.length === 0
      ? 'violations         none'
      : `violations         ${violations.length}: ${table(tally(violations))}`,
    ...violations.slice(0, SHOWN).map((violation) => `  ${JSON.stringify(violation)}`),
    '',
  ].join('\n');
}

const tally = (violations) => {
  const counts = {};
  for (const { what, mode = '' } of violations) counts[`${mode} ${what}`] = (counts[`${mode} ${what}`] ?? 0) + 1;
  return counts;
};

const table = (counts) =>
  Object.entries(counts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${name} ${count}`)
    .join('\n                   ') || 'none';
