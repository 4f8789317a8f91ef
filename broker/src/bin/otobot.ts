#!/usr/bin/env node
import { Command } from 'commander';
import { VERSION } from '../app/version';
import { migrateCommand } from './commands/migrate';
import { refreshCommand, serveCommand, startCommand } from './commands/processes';
import { runProgram } from './run';

const program = new Command('otobot')
  .description("Keeps clients' credentials sealed, refreshed and served to n8n.")
  .version(VERSION)
  .showHelpAfterError('(otobot --help shows what there is)')
  .exitOverride();

for (const command of [startCommand(), serveCommand(), refreshCommand(), migrateCommand()]) {
  program.addCommand(command.copyInheritedSettings(program));
}

void runProgram(() => program.parseAsync());
