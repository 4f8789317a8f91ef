import { Command } from 'commander';
import { openInstallation } from '../../app/installation';
import { readConfig } from '../../config/environment';
import { createLogger } from '../../log/logger';

export function migrateCommand(): Command {
  return new Command('migrate')
    .description('bring the database up to date and make the data keys of a new installation')
    .addHelpText(
      'after',
      '\nExamples:\n  otobot migrate\n  DATABASE_URL=postgres://otobot:…@db:5432/otobot ENCRYPTION_MASTER_KEY_FILE=/run/secrets/master otobot migrate',
    )
    .action(async () => {
      const config = readConfig();
      const installation = await openInstallation(config, createLogger(config.logLevel), { prepare: true });
      await installation.release();
      process.stdout.write('The database is up to date.\n');
    });
}
