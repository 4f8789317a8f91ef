import { parseArgs } from 'node:util';

export const HELP = `Hostile clients beside honest readers, on one real broker: is anything left behind, does anybody honest notice?

  npm run test:hostile                     a minute
  npm run test:hostile -- --minutes 10     longer
  npm run test:hostile -- --keep           leaves the folder with the log of the broker
  npm run test:hostile -- --json           the figures for a program
`;

export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '1' },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const minutes = Number(values.minutes);
  if (!(minutes >= 0.5 && minutes <= 600)) throw new Error('--minutes must be from 0.5 to 600');
  return { ...values, minutes };
}
