import { Command } from 'commander';

export function migrateCommand(): Command {
  return new Command('migrate')
    .description('bring the database up to date and make the data keys of a new installation')
    .addHelpText('after', '\nExamples:\n  otobot migrate\n  DATABASE_URL_FILE=/run/secrets/database otobot migrate')
    .action(async () => {
      // Loaded only when it runs: help and mistakes are told at once.
      const [{ openInstallation }, { takeConfig }, { createLogger }] = await Promise.all([
        import('../../app/installation.js'),
        import('../../config/take-config.js'),
        import('../../log/logger.js'),
      ]);
      const config = takeConfig();
      const installation = await openInstallation(config, createLogger(config.logLevel), { prepare: true });
      await installation.release();
      process.stdout.write('The database is up to date.\n');
    });
}
