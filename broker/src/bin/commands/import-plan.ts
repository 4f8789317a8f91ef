import { BadUsage } from '../bad-usage';
import type { Ask, Input, Options } from '../managing/declaration';
import { isMembers, type Json } from '../managing/json';
import { confirmed } from '../terminal/ask';
import { screenOf, type Screen } from '../terminal/screen';
import { list, text } from '../terminal/table';
import { printable } from '../terminal/printable';

/** Shows what would become of each entry, and asks. Throws BadUsage where an entry would be refused: then nothing is written. */
export async function planned(input: Input, ask: Ask, options: Options): Promise<Input> {
  if (options.dryRun === true) return { ...input, body: { ...input.body, dryRun: true } };
  const plan = await ask('POST /v1/imports', { ...input, body: { ...input.body, dryRun: true } });
  process.stderr.write(`${shownImport(plan, screenOf(process.stderr))}\n`);
  if (entriesOf(plan).some(({ outcome }) => outcome === 'refused'))
    throw new BadUsage('nothing was imported: it is all of it or nothing', 'see above what is to be put right');
  await confirmed('Import these?', { yes: options.yes === true, word: null });
  return input;
}

const entriesOf = (answer: Json) =>
  isMembers(answer) && Array.isArray(answer.entries) ? answer.entries.filter(isMembers) : [];

/** A line for each entry, then what else is made and why some cannot be. Never a secret: the answer holds none. */
export function shownImport(answer: Json, screen: Screen): string {
  const entries = entriesOf(answer);
  const { applied = false, createdClients = [], createdServices = [] } = isMembers(answer) ? answer : {};
  const table = list(
    entries,
    [
      { head: 'FROM', of: 'source' },
      { head: 'CLIENT', of: 'clientId' },
      { head: 'SERVICE', of: 'service' },
      { head: 'NAME', of: 'name' },
      { head: 'OUTCOME', of: 'outcome' },
      { head: 'OAUTH CLIENT', of: 'app' },
    ],
    screen,
  );
  const made = [
    ...madeOf('clients', createdClients),
    ...madeOf('services', createdServices),
    ...entries.flatMap(({ source, problem }) =>
      typeof problem === 'string' ? [printable(`${text(source ?? null)}: ${problem}`)] : [],
    ),
  ];
  return [table, ...made, ...(applied === true ? [AFTERWARDS] : [])].join('\n');
}

const madeOf = (what: string, names: Json): string[] =>
  Array.isArray(names) && names.length > 0 ? [printable(`new ${what}: ${text(names)}`)] : [];

const AFTERWARDS = `Imported. Now, so that two programs do not refresh the same grants:
  1. Have the workflows use the Otobot credential, and delete the old ones in n8n.
  2. Delete the file: it holds every secret in clear.
  3. See with \`otobot connection list\` that each is active: those with a refresh token are refreshed at once.`;
