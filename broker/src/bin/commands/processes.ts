import { Command } from 'commander';
import type { Roles } from '../roles';

export function startCommand(): Command {
  return new Command('start')
    .description('serve and refresh in one process, with an embedded PostgreSQL unless DATABASE_URL names one')
    .addHelpText('after', '\nExamples:\n  otobot start\n  PORT=3101 OTOBOT_DATA_DIR=/srv/otobot otobot start')
    .action(inRoles({ serve: true, refresh: true }));
}

export function serveCommand(): Command {
  return new Command('serve')
    .description('serve credentials over HTTP (compose service api-internal)')
    .addHelpText('after', '\nExamples:\n  otobot serve\n  PORT=3101 otobot serve')
    .action(inRoles({ serve: true, refresh: false }));
}

/** Loaded only when it runs: help and mistakes are told at once. */
function inRoles(roles: Roles) {
  return async (): Promise<void> => (await import('../roles.js')).runRoles(roles);
}
