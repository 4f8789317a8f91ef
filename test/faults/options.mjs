import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

export const HELP = `Storms of faults over real processes and a real PostgreSQL, each followed by a checker. See docs/faults.md.

  npm run test:faults                          refreshing, kills and freshness, one after the other
  npm run test:faults -- --only refreshing     is a token lost, asked for twice, or wrongly ended?
  npm run test:faults -- --only kills          kill -9 of brokers and of PostgreSQL under load: is anything released that is not audited?
  npm run test:faults -- --only freshness      keys, clients, services, tokens changed under load: is anything released on old facts?
  npm run test:faults -- --only soak           an even rate for ten minutes: errors, memory, descriptors, audit

  --seed 42                   the same schedule of faults again
  --refreshes 2000            refreshing: a shorter storm (10,000); coming to rest takes its minute or two all the same
  --workers 4                 refreshing: worker processes (3)
  --connections 2000          refreshing: connections (1,000)
  --kills 5                   kills: of brokers, and as many of PostgreSQL (20)
  --reads 20000               freshness: answers with a secret before it ends (100,000)
  --minutes 1 --rate 500      soak: how long (10), and how many reads a second (1,000)
  --keep                      leaves the folders with the logs of all processes
  --json                      the figures for a program
`;

const TOP = 2 ** 31;
/** Below that there is no time for a worker to be frozen beyond its lease of a minute. */
const WITH_LONG_FREEZE = 8_000;
const PARTS = ['refreshing', 'kills', 'freshness', 'soak'];
const USUAL = ['refreshing', 'kills', 'freshness'];

export function readOptions(args) {
  const text = (value) => ({ type: 'string', default: value });
  const flag = { type: 'boolean', default: false };
  const { values } = parseArgs({
    args,
    options: {
      ...{ only: { type: 'string' }, seed: { type: 'string' }, keep: flag, json: flag, help: flag },
      ...{ refreshes: text('10000'), workers: text('3'), connections: text('1000') },
      ...{ kills: text('20'), reads: text('100000'), minutes: text('10'), rate: text('1000') },
    },
  });
  if (values.only !== undefined && !PARTS.includes(values.only)) throw new Error(`--only takes ${PARTS.join(', ')}`);
  const number = (name, min, max) => whole(`--${name}`, values[name], min, max);
  const refreshes = number('refreshes', 1, 10_000_000);
  return {
    parts: values.only === undefined ? USUAL : [values.only],
    seed: values.seed === undefined ? randomInt(TOP) : number('seed', 0, TOP - 1),
    refreshes,
    workers: number('workers', 1, 50),
    connections: number('connections', 3, 100_000),
    longFreeze: refreshes >= WITH_LONG_FREEZE,
    // Slow machines included; what is not done by then is a failure, not a hang.
    limitMs: 120_000 + refreshes * 60,
    kills: number('kills', 1, 1_000),
    reads: number('reads', 1_000, 10_000_000),
    minutes: number('minutes', 1, 1_440),
    rate: number('rate', 10, 100_000),
    ...{ keep: values.keep, json: values.json, help: values.help },
  };
}

function whole(name, text, min, max) {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new Error(`${name} must be a whole number from ${min} to ${max}`);
}
