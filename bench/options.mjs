import { parseArgs } from 'node:util';

export const HELP = `npm run bench -- [options]

Measures credential reads beside bare Express 5 and bare node:http, and refreshes beside bare simple-oauth2, all in one run.
On request also what claims cost in a table of a million connections, and what a refresh costs PostgreSQL with several workers.
How to read it: docs/bench.md

  --only <part>            reads, refreshes, claims or workers (else reads and refreshes)
  --connections <n>        for claims: how many there are, 10,000 or more (default 1,000,000)
  --seconds <n>            length of a round, 1 to 600 (default 3)
  --json                   the figures as one JSON object on standard output
  --profile <folder>       writes V8 CPU profiles of the broker and the refresher there
  --help
`;

const PARTS = ['reads', 'refreshes', 'claims', 'workers'];
const USUAL = ['reads', 'refreshes'];

/** Throws an Error that says what is wrong with the command line. */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      seconds: { type: 'string', default: '3' },
      connections: { type: 'string', default: '1000000' },
      json: { type: 'boolean', default: false },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.only !== undefined && !PARTS.includes(values.only)) throw new Error(`--only takes ${PARTS.join(', ')}`);
  const seconds = Number(values.seconds);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 600) throw new Error('--seconds takes 1 to 600');
  const connections = Number(values.connections);
  if (!Number.isInteger(connections) || connections < 10_000) throw new Error('--connections takes 10000 or more');
  const { json, help, profile = null } = values;
  return { parts: values.only === undefined ? USUAL : [values.only], seconds, connections, json, help, profile };
}
