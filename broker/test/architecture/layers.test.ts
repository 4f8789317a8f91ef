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
