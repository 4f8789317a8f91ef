import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PUBLIC_PATHS } from '../../src/http/public/connect-pages';

const CADDYFILE = path.resolve(__dirname, '..', '..', '..', 'examples', 'Caddyfile');
const directives = readFileSync(CADDYFILE, 'utf8')
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => line !== '' && !line.startsWith('#'));

test('the example for Caddy forwards exactly the public paths', () => {
  const [matcher = '', ...others] = directives.filter((line) => line.startsWith('@'));
  expect(others).toEqual([]);
  const [name, kind, ...paths] = matcher.split(/\s+/);
  expect([name, kind]).toEqual(['@public', 'path']);
  expect([...paths].sort()).toEqual(PUBLIC_PATHS.map((route) => route.replace(/:[a-z]+/g, '*')).sort());
});

test('and nothing but what it names is forwarded, all else is a 404', () => {
  expect(directives.slice(2)).toEqual([
    'handle @public {',
    'reverse_proxy 127.0.0.1:3001',
    '}',
    'handle {',
    'respond "There is no such page." 404',
    '}',
    '}',
  ]);
});
