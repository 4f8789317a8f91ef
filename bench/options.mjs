import { parseArgs } from 'node:util';

export const HELP = `npm run bench -- [options]

Measures credential reads beside bare Express 5 and bare node:http, and refreshes beside bare simple-oauth2, all in one run.
On request also:
  claims      what claims cost in a table of a million connections
  workers     what a refresh costs PostgreSQL with several workers
  disk        audited reads beside one INSERT per read, on a disk that takes 3 ms
  memory      what one process keeps resident while 100,000 connections are read at random
  processes   what a read costs PostgreSQL with one, two and four serving processes
  timing      whether the time of a refusal tells what is wrong with an access key
How to read it: docs/bench.md

  --only <part>            one of them (else reads and refreshes)
  --connections <n>        for claims and memory: how many there are, 10,000 or more (default 1,000,000 and 100,000)
  --readers <n>            for reads: how many ask at a time, 1 to 1,000 (default 32)
  --seconds <n>            length of a round, 1 to 600 (default 3)
  --json                   the figures as one JSON object on standard output
  --profile <folder>       writes V8 CPU profiles of the broker and the refresher there
  --help
`;

const PARTS = ['reads', 'refreshes', 'claims', 'workers', 'disk', 'memory', 'processes', 'timing'];
const USUAL = ['reads', 'refreshes'];

/** Throws an Error that says what is wrong with the command line. */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      seconds: { type: 'string', default: '3' },
      connections: { type: 'string' },
      readers: { type: 'string', default: '32' },
      json: { type: 'boolean', default: false },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.only !== undefined && !PARTS.includes(values.only)) throw new Error(`--only takes ${PARTS.join(', ')}`);
  const seconds = Number(values.seconds);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 600) throw new Error('--seconds takes 1 to 600');
  const connections = values.connections === undefined ? undefined : Number(values.connections);
  if (connections !== undefined && (!Number.isInteger(connections) || connections < 10_000))
    throw new Error('--connections takes 10000 or more');
  const readers = Number(values.readers);
  if (!Number.isInteger(readers) || readers < 1 || readers > 1_000) throw new Error('--readers takes 1 to 1000');
  const { json, help, profile = null } = values;
  const parts = values.only === undefined ? USUAL : [values.only];
  return { parts, seconds, connections, readers, json, help, profile };
}
