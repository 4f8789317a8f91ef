import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

// Top to bottom, as ARCHITECTURE.md draws it. A file imports from its own folder or from a line below; never sideways, never up.
const LAYERS = [
  ['bin'],
  ['http', 'worker'],
  ['app', 'config'],
  ['services'],
  ['vault', 'providers', 'outbound', 'secrets'],
  ['repositories'],
  ['db', 'spool'],
  ['errors', 'log'],
  ['types'],
];
// One door each.
const DOORS: readonly [pattern: RegExp, door: string][] = [
  [/from '(pg|pg-[^']*)'/, 'db'],
  [/from '(simple-oauth2|@hapi\/wreck)'/, 'providers'],
  [/createCipheriv|createDecipheriv/, 'vault'],
  [/process\.env/, 'config'],
];

const src = path.resolve(__dirname, '../../src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const levelOf = (folder: string): number => LAYERS.findIndex((layer) => layer.includes(folder));
const folderOf = (file: string): string => file.split(path.sep)[0] ?? '';

function importsOf(file: string): string[] {
  const text = readFileSync(path.join(src, file), 'utf8');
  const relative = [...text.matchAll(/(?:from|import\() ?'(\.[^']+)'/g)].map(([, target]) => target ?? '');
  return relative.map((target) => path.relative(src, path.resolve(src, path.dirname(file), target)));
}

test('every folder of the broker has its place in the layers', () => {
  expect([...new Set(files.map(folderOf))].filter((folder) => levelOf(folder) === -1)).toEqual([]);
});

test('imports stay in their folder or go down', () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((target) => folderOf(target) !== folderOf(file) && levelOf(folderOf(target)) <= levelOf(folderOf(file)))
      .map((target) => `${file} -> ${target}`),
  );
  expect(wrong).toEqual([]);
});

test.each(DOORS)('%s is used in its one place', (pattern, door) => {
  const wrong = files.filter(
    (file) => folderOf(file) !== door && pattern.test(readFileSync(path.join(src, file), 'utf8')),
  );
  expect(wrong).toEqual([]);
});

// Every call that leaves goes through outbound's agents, which check where it leads. What these others import opens no connection to anybody
// outside: servers, the embedded database on this machine, pg's own sockets, and names of things.
const NETWORK: Readonly<Record<string, readonly string[]>> = {
  [path.join('http', 'listen.ts')]: ['node:http: createServer as createHttpServer', 'node:net: Server as NetServer'],
  [path.join('http', 'express-messages.ts')]: ['node:http: IncomingMessage', 'node:http: ServerResponse'],
  [path.join('http', 'plain-problem.ts')]: ['node:http: STATUS_CODES'],
  [path.join('db', 'embedded', 'exclusively.ts')]: ['node:net: connect', 'node:net: createServer'],
  [path.join('db', 'embedded', 'launch.ts')]: ['node:net: createServer'],
  [path.join('db', 'lines.ts')]: ['node:net: Socket'],
  [path.join('config', 'environment.ts')]: ['node:net: isIP'],
  [path.join('providers', 'watched-agent.ts')]: ['node:tls: TLSSocket'],
};

/** What a file imports of Node's network modules, types apart, and other ways out. */
function networkOf(file: string): string[] {
  const text = readFileSync(path.join(src, file), 'utf8');
  const imports = [
    ...text.matchAll(/import (?!type )([^;]*?) from '((?:node:)?(?:https?2?|net|tls|dns|dgram)(?:\/promises)?)'/g),
  ];
  const imported = imports.flatMap(([, names = '', module]) =>
    names
      .replace(/[{}]/g, '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type '))
      .map((name) => `${module}: ${name}`),
  );
  const others = [
    ...text.matchAll(
      /(?<![.\w])fetch\(|\bnew WebSocket\b|\bnew EventSource\b|'undici'|globalAgent|require\('(?:node:)?(?:http|net|tls|dns)/g,
    ),
  ];
  return [...imported, ...others.map(([found]) => found)];
}

test('nothing but outbound reaches the network', () => {
  const found = files
    .filter((file) => folderOf(file) !== 'outbound')
    .map((file) => [file, networkOf(file)] as const)
    .filter(([, network]) => network.length > 0);
  expect(Object.fromEntries(found)).toEqual(NETWORK);
});
