import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Broker } from '../../src/app/broker';
import { apiMarkdown } from '../../src/http/documentation/api-markdown';
import { openApiDocument } from '../../src/http/documentation/openapi';
import { allRoutes, documentedRoutes } from '../../src/http/serve';
import { mountedRoutes } from '../isolation/express-routes';

const page = readFileSync(path.resolve(__dirname, '../../../docs/api.md'), 'utf8');

const WORDS: Partial<Record<string, string>> = { public: 'nothing', any: 'any valid access key' };

test('docs/api.md is what scripts/api-docs.mjs makes of the routes', () => {
  expect(page).toBe(apiMarkdown(openApiDocument(documentedRoutes(allRoutes({} as Broker)))));
});

test('it has every route that is mounted, and no other, each with its scope', () => {
  const told = [...page.matchAll(/^### `(\S+ \S+)`\n\n.+\n\n- \*\*Requires\*\*: (.+)$/gm)];
  const mounted = mountedRoutes({} as Broker).map((name) => name.replace(/:(\w+)/g, '{$1}'));
  expect(told.map(([, name]) => name).sort()).toEqual(mounted.sort());
  const scopeOf = new Map(told.map(([, name = '', scope]) => [name, scope]));
  for (const { method, path: pattern, scope } of allRoutes({} as Broker)) {
    const name = `${method.toUpperCase()} ${pattern.replace(/:(\w+)/g, '{$1}')}`;
    expect([name, scopeOf.get(name)]).toEqual([name, WORDS[scope] ?? `\`${scope}\``]);
  }
});
