import { Command, Option } from 'commander';
import { SURFACES, type Surface } from '../../types/surface';
import type { Roles } from '../roles';

export function startCommand(): Command {
  return new Command('start')
    .description('serve and refresh in one process, with an embedded PostgreSQL unless DATABASE_URL names one')
    .addHelpText('after', '\nExamples:\n  otobot start\n  PORT=3101 OTOBOT_DATA_DIR=/srv/otobot otobot start')
    .action(() => run({ serve: 'all', refresh: true }));
}

export function serveCommand(): Command {
  return new Command('serve')
    .description('serve credentials over HTTP (compose service api-internal)')
    .addOption(
      new Option('--surface <surface>', 'grants: credentials and nothing else, with ENCRYPTION_SERVE_KEY alone')
        .choices(SURFACES)
        .default('all'),
    )
    .addHelpText('after', '\nExamples:\n  otobot serve\n  PORT=3101 otobot serve\n  otobot serve --surface grants')
    .action(({ surface }: { surface: Surface }) => run({ serve: surface, refresh: false }));
}

/** Loaded only when it runs: help and mistakes are told at once. */
async function run(roles: Roles): Promise<void> {
  await (await import('../roles.js')).runRoles(roles);
}
