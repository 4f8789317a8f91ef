import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

export const HELP = `Refreshes under faults, then a checker: is anything lost, asked for twice, or wrongly ended?

  npm run test:faults                          10,000 refreshes in the storm, 3 workers: 3 to 10 minutes
  npm run test:faults -- --refreshes 2000      a shorter storm; coming to rest takes its minute or two all the same
  npm run test:faults -- --seed 42             the same schedule of faults again
  npm run test:faults -- --workers 4 --connections 2000
  npm run test:faults -- --keep                leaves the folder with the logs of all processes
  npm run test:faults -- --json                the figures for a program
`;

const TOP = 2 ** 31;
/** Below that there is no time for a worker to be frozen beyond its lease of a minute. */
const WITH_LONG_FREEZE = 8_000;

export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      refreshes: { type: 'string', default: '10000' },
      workers: { type: 'string', default: '3' },
      connections: { type: 'string', default: '1000' },
      seed: { type: 'string' },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const refreshes = whole('--refreshes', values.refreshes, 1, 10_000_000);
  return {
    refreshes,
    workers: whole('--workers', values.workers, 1, 50),
    connections: whole('--connections', values.connections, 3, 100_000),
    seed: values.seed === undefined ? randomInt(TOP) : whole('--seed', values.seed, 0, TOP - 1),
    longFreeze: refreshes >= WITH_LONG_FREEZE,
    // Slow machines included; what is not done by then is a failure, not a hang.
    limitMs: 120_000 + refreshes * 60,
    ...{ keep: values.keep, json: values.json, help: values.help },
  };
}

function whole(name, text, min, max) {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new Error(`${name} must be a whole number from ${min} to ${max}`);
}
