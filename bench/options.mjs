import { parseArgs } from 'node:util';

export const HELP = `npm run bench -- [options]

Measures credential reads beside bare Express 5 and bare node:http, and refreshes beside bare simple-oauth2, all in one run.
How to read it: docs/bench.md

  --only reads|refreshes   one of the two
  --seconds <n>            length of a round, 1 to 600 (default 3)
  --json                   the figures as one JSON object on standard output
  --profile <folder>       writes V8 CPU profiles of the broker and the refresher there
  --help
`;

const PARTS = ['reads', 'refreshes'];

/** Throws an Error that says what is wrong with the command line. */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      seconds: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.only !== undefined && !PARTS.includes(values.only)) throw new Error('--only takes reads or refreshes');
  const seconds = Number(values.seconds);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 600) throw new Error('--seconds takes 1 to 600');
  const { json, help, profile = null } = values;
  return { parts: values.only === undefined ? PARTS : [values.only], seconds, json, help, profile };
}
