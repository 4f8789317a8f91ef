import type { Command } from 'commander';
import type { Broker } from '../../src/app/broker';
import { organizationRoutes } from '../../src/bin/managing/organization-routes';
import { pepperRoutes } from '../../src/bin/managing/pepper-routes';
import { inCommandWords } from '../../src/bin/managing/wording';
import { GROUPS, program } from '../../src/bin/program';
import { allRoutes } from '../../src/http/serve';
import type { Organizations } from '../../src/services/organizations';

interface Leaf {
  typed: string;
  command: Command;
  help: string;
}

const leaves = leavesOf(program(), 'otobot');

function leavesOf(command: Command, typed: string): Leaf[] {
  if (command.commands.length > 0)
    return command.commands.flatMap((child) => leavesOf(child, `${typed} ${child.name()}`));
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  return [{ typed, command, help }];
}

const examplesOf = ({ help, typed }: Leaf): string[] => {
  const examples = (help.split('Examples:\n')[1] ?? '').split('\n\n')[0] ?? '';
  return examples.split('\n').filter((line) => line.includes(typed) || line.startsWith('      '));
};

test('there are commands to walk', () => {
  expect(leaves.length).toBeGreaterThan(30);
});

test.each(leaves)('the help of $typed shows an example, in 100 columns', (leaf) => {
  expect(examplesOf(leaf)).not.toEqual([]);
  expect(leaf.help.split('\n').filter((line) => line.length > 100)).toEqual([]);
});

test.each(leaves)('the examples of $typed use options that there are', (leaf) => {
  const known = leaf.command.options.map(({ long }) => long);
  const used = examplesOf(leaf)
    .flatMap((line) => (line.split(' | ').find((part) => part.includes(leaf.typed)) ?? line).match(/--[\w-]+/g) ?? [])
    .filter((option) => !known.includes(option));
  expect(used).toEqual([]);
});

test('every command of a group does what a route does', () => {
  const all = [...allRoutes({} as Broker), ...organizationRoutes({} as Organizations), ...pepperRoutes(jest.fn())];
  const routes = all.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  const missing = GROUPS.flatMap(({ commands }) => commands.flatMap(({ route, alsoFor = [] }) => [route, ...alsoFor]));
  expect(missing.filter((route) => !routes.includes(route))).toEqual([]);
});

test('a problem that names a route names the command instead, and a longer path is left alone', () => {
  const told = (detail: string) => inCommandWords(GROUPS, detail);
  expect(told('GET /v1/clients lists them; create it with POST /v1/clients.')).toBe(
    '`otobot client list` lists them; create it with `otobot client create`.',
  );
  expect(told('Change it with PATCH /v1/clients/acme.b-1.')).toBe('Change it with `otobot client edit acme.b-1`.');
  expect(told('PUT /v1/services/crm/app')).toBe('`otobot service app crm`');
  expect(told('GET /v1/clients/acme/other')).toBe('GET /v1/clients/acme/other');
});
