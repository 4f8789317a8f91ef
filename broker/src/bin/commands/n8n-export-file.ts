import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { NotAnExport, readN8nExport, type N8nExport, type N8nGrant } from '../../services/importing/n8n-export';
import { BadUsage } from '../bad-usage';
import type { Input, Options } from '../managing/declaration';

const MOST_BYTES = 32 * 1024 * 1024;

/** The entries that the file's credentials make, all for one client; what is left out is told on standard error. */
export function withN8nExport({ body: { file, ...body }, ...input }: Input, options: Options): Input {
  const { client, service } = options;
  if (typeof client !== 'string')
    throw new BadUsage('--client: whose credentials are they?', 'such as --client acme, or - for the organization');
  const { grants, leftOut } = readFiles(String(file));
  const named = typeof service === 'string' ? service : null;
  const [known, unknown] = [grants.filter(serviceKnown(named)), grants.filter((grant) => !serviceKnown(named)(grant))];
  const without = unknown.map((grant) => ({
    ...grant,
    why: 'its type is for no service in particular: see --service',
  }));
  for (const { title, type, why } of [...leftOut, ...without])
    process.stderr.write(`left out: ${JSON.stringify(title)} (${type}): ${why}\n`);
  if (known.length === 0) throw new BadUsage('there is nothing in it to import', 'see --help');
  return { ...input, body: { ...body, entries: entriesOf(known, client, named) } };
}

const serviceKnown =
  (named: string | null) =>
  (grant: N8nGrant): boolean =>
    (grant.service ?? named) !== null;

/** A service's only credential is its default; of several each is called as in n8n. */
function entriesOf(grants: readonly N8nGrant[], clientId: string, named: string | null): Record<string, unknown>[] {
  return grants.map(({ id, title, type, service: known, ...secrets }) => {
    const service = known ?? named;
    const isOnly = grants.filter((other) => (other.service ?? named) === service).length === 1;
    const namesake = grants.some((other) => other.id !== id && slug(other.title) === slug(title));
    const name = isOnly ? 'default' : slug(namesake ? `${title}-${id}` : title);
    return { source: oneLine(`${title} (${type}${id === '' ? '' : `, ${id}`})`), clientId, service, name, ...secrets };
  });
}

const slug = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-|-$/g, '') || 'unnamed';

const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Cs}\u2028\u2029]/gu, ' ').slice(0, 300);

/** One file, or a folder of them, as `export:credentials --separate` makes it. */
function readFiles(file: string): N8nExport {
  try {
    const isFolder = statSync(file).isDirectory();
    const files = isFolder ? jsonFilesIn(file) : [file];
    const exports = files.map((one) => readN8nExport(contentOf(one)));
    return { grants: exports.flatMap(({ grants }) => grants), leftOut: exports.flatMap(({ leftOut }) => leftOut) };
  } catch (error) {
    if (error instanceof NotAnExport)
      throw new BadUsage(`<file>: ${error.message}`, 'n8n export:credentials --all --decrypted --output=export.json');
    if (error instanceof BadUsage) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new BadUsage(`<file>: it cannot be read (${code})`, 'name the file or folder that n8n exported to');
  }
}

const jsonFilesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => path.join(folder, name));

function contentOf(file: string): string {
  if (statSync(file).size > MOST_BYTES)
    throw new BadUsage('<file>: it is longer than 32 MiB', 'export with --separate, and import in parts');
  return readFileSync(file, 'utf8');
}
