import { Command } from 'commander';
import { VERSION } from '../app/version';
import { accessKeyCommands } from './commands/access-keys';
import { auditCommands } from './commands/audit';
import { auditVerifyCommand } from './commands/audit-verify';
import { clientCommands } from './commands/clients';
import { connectLinkCommands } from './commands/connect-links';
import { connectionCommands } from './commands/connections';
import { importCommands } from './commands/imports';
import { keyCommands } from './commands/keys';
import { migrateCommand } from './commands/migrate';
import { n8nInstanceCommands } from './commands/n8n-instances';
import { n8nSyncCommands } from './commands/n8n-sync';
import { organizationCommands } from './commands/organizations';
import { serveCommand, startCommand } from './commands/processes';
import { refreshCommand } from './commands/refresh';
import { serveKeyCommand } from './commands/serve-key';
import { serviceGuideCommand } from './commands/service-guide';
import { serviceCommands } from './commands/services';
import { webhookCommands } from './commands/webhooks';
import { groupCommand } from './managing/command';
import type { CommandGroup } from './managing/declaration';
import { printable } from './terminal/printable';
import { screenOf } from './terminal/screen';

/** Every group of commands that manages what the installation holds. */
export const GROUPS = [
  organizationCommands,
  clientCommands,
  serviceCommands,
  connectLinkCommands,
  connectionCommands,
  importCommands,
  n8nSyncCommands,
  n8nInstanceCommands,
  accessKeyCommands,
  webhookCommands,
  keyCommands,
  auditCommands,
];

/** The whole command line; parsing it runs it. */
export function program(): Command {
  const otobot = new Command('otobot')
    .description("Keeps clients' credentials sealed, refreshed and served to n8n.")
    .version(VERSION)
    .addHelpText(
      'after',
      '\nExamples:\n  otobot start\n  otobot client create acme\n  otobot connection import --help',
    );
  otobot.commandsGroup('Run it:');
  for (const command of [startCommand(), serveCommand(), refreshCommand(), migrateCommand()])
    otobot.addCommand(command);
  otobot.commandsGroup('Manage what it holds:');
  for (const group of GROUPS) {
    const around = otobot.commands.find((command) => command.name() === group.within);
    (around ?? otobot).addCommand(groupCommand(group));
  }
  const groupOf = ({ name }: CommandGroup) => otobot.commands.find((command) => command.name() === name);
  groupOf(serviceCommands)?.addCommand(serviceGuideCommand());
  groupOf(auditCommands)?.addCommand(auditVerifyCommand());
  groupOf(keyCommands)?.addCommand(serveKeyCommand());
  settle(otobot, 'otobot');
  return otobot;
}

/** What holds for every command: mistakes are told in one line with a hint, and help fits the screen. */
function settle(command: Command, typed: string): void {
  const width = screenOf(process.stdout).columns;
  command
    .exitOverride()
    .configureHelp({ helpWidth: width, subcommandTerm })
    .showHelpAfterError(`hint: ${typed} --help shows what there is`)
    .configureOutput({ outputError: (text, write) => write(tame(text)) });
  command.helpCommand(false);
  for (const child of command.commands) settle(child, `${typed} ${child.name()}`);
}

/** Commander's messages quote what was typed, and add a line for a guess at what was meant. */
function tame(text: string): string {
  const lines = text.replace('\n(Did you mean ', ' (did you mean ').split('\n');
  return lines.map(printable).join('\n');
}

/** `edit <client>`: that there are options too goes without saying. */
function subcommandTerm(command: Command): string {
  return [command.name(), ...command.registeredArguments.map((argument) => `<${argument.name()}>`)].join(' ');
}
