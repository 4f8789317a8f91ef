import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { findDatabase, type Place } from './database-url';
import { reportAsJson, unknownAsJson } from './json';
import { readOnly } from './read-only';
import { readReport, STATUSES, type Filters, type Report } from './report';
import { LINES_AROUND_ROWS, reportAsText, unknownAsText } from './text';
import { isRefused, unknownFrom } from './unknown';
import { EXIT_CODES, verdictOf } from './verdict';

/** What the program gets from its process. */
export interface World {
  arguments: readonly string[];
  environment: Readonly<Record<string, string | undefined>>;
  /** The size of the terminal; null: the output goes to a file or another program. */
  terminal: { columns: number; rows: number } | null;
  out: (text: string) => void;
  complain: (text: string) => void;
}

interface Options extends Filters {
  limit?: number;
  json?: true;
}

const WIDTH = 100;
const LIMIT = 50;
const FEWEST_ROWS = 10;

/** Looks once, prints, and returns the exit code of a monitoring plug-in. Never throws. */
export async function monitorTokens(world: World): Promise<number> {
  const command = commandLine(world);
  try {
    command.parse(world.arguments, { from: 'user' });
  } catch (error) {
    // Not 2, the usual code for bad usage: a monitoring system would take it for CRITICAL.
    return error instanceof CommanderError && error.exitCode === 0 ? EXIT_CODES.OK : EXIT_CODES.UNKNOWN;
  }
  return look(world, command.opts<Options>());
}

async function look(world: World, { json, limit, ...filters }: Options): Promise<number> {
  const { environment, terminal, out } = world;
  const style = { width: terminal?.columns ?? WIDTH, colours: hasColours(world) };
  try {
    const most = limit ?? (json ? 0 : rowsThatFit(terminal));
    const report = await read(findDatabase(environment), filters, most === 0 ? null : most);
    out(json ? reportAsJson(report, filters) : reportAsText(report, filters, style));
    return EXIT_CODES[verdictOf(report.totals).state];
  } catch (error) {
    const unknown = unknownFrom(error);
    out(json ? unknownAsJson(unknown) : unknownAsText(unknown, style));
    return EXIT_CODES.UNKNOWN;
  }
}

async function read({ url, whenRefused }: Place, filters: Filters, limit: number | null): Promise<Report> {
  try {
    return await readOnly(url, (query) => readReport(query, filters, limit));
  } catch (error) {
    const unknown = unknownFrom(error);
    throw whenRefused !== null && isRefused(unknown) ? whenRefused : unknown;
  }
}

function commandLine({ out, complain }: World): Command {
  return new Command('monitor-tokens')
    .description('Shows the state of every connection, the worst first. Reads the database only, and needs no key.')
    .version(version())
    .option('--client <id>', 'only this client: acme, organization/acme, or - for the organization itself')
    .option('--service <name>', 'only this service, such as google')
    .addOption(new Option('--status <status>', 'only this status').choices(STATUSES))
    .option('--limit <rows>', `rows shown at most, 0 for all (default: ${LIMIT}, or what fits; with --json all)`, whole)
    .option('--json', 'print JSON, as docs/monitor-tokens.schema.json describes it')
    .addHelpText('after', HELP)
    .allowExcessArguments(false)
    .configureOutput({ writeOut: out, writeErr: complain })
    .showHelpAfterError('hint: monitor-tokens --help shows what there is')
    .exitOverride();
}

const HELP = `
Filters narrow the totals and the exit code as well.

Exit codes, as of a monitoring plug-in:
  0 OK        nothing needs attention
  1 WARNING   a token that nothing will renew ends within 24 h, or a consent within 14 days; a provider
              is out; refreshing is paused; answers of providers wait in a worker's spool
  2 CRITICAL  a dead token, a client who must reconnect, or a token whose key is gone
  3 UNKNOWN   no answer from the database, or bad usage

Examples:
  monitor-tokens
  monitor-tokens --client acme --service google
  monitor-tokens --status reauth_required --limit 0
  monitor-tokens --json | jq '.connections[] | select(.severity == "critical")'

Environment:
  DATABASE_URL or DATABASE_URL_FILE, else the embedded PostgreSQL of OTOBOT_DATA_DIR (.otobot)
  NO_COLOR    no colours on a terminal either`;

function whole(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('It must be a whole number, 0 for all.');
  return Number(text);
}

/** The worst must not scroll out of sight: on a terminal no more than it has room for. */
function rowsThatFit(terminal: World['terminal']): number {
  return terminal === null ? LIMIT : Math.min(LIMIT, Math.max(FEWEST_ROWS, terminal.rows - LINES_AROUND_ROWS));
}

/** https://no-color.org: any value that is not empty. */
function hasColours({ terminal, environment: { NO_COLOR: noColour = '', TERM: term } }: World): boolean {
  return terminal !== null && noColour === '' && term !== 'dumb';
}

/** Of monitor/package.json: one level up, from the sources as from the build. */
function version(): string {
  const text = readFileSync(path.resolve(__dirname, '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
