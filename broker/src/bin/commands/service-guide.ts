import { Command } from 'commander';
import { BadUsage } from '../bad-usage';

/** Needs no installation: what it tells is known by heart, but for the address of this one. */
export function serviceGuideCommand(): Command {
  return new Command('guide')
    .description('show how to set up a provider: where, the redirect URI to paste, scopes, traps, sources')
    .argument('[provider]', 'such as google; all that are known, if not given')
    .option('--service <name>', 'what the service is to be called, if not as usual')
    .addHelpText(
      'after',
      '\nExamples:\n  otobot service guide\n  otobot service guide google\n  otobot service guide shopify --service shopify-eu',
    )
    .action(async (name: string | undefined, { service }: { service?: string }) => {
      if (service !== undefined && !/^[a-z0-9][a-z0-9_-]{0,63}$/.test(service))
        throw new BadUsage(
          '--service: must be lower-case letters, digits, dashes or underscores',
          'such as shopify-eu',
        );
      // Loaded only when it runs: help and mistakes are told at once.
      const [{ readConfig }, { CATALOGUE, findProvider }, { guideOf }] = await Promise.all([
        import('../../config/environment.js'),
        import('../../providers/catalogue/catalogue.js'),
        import('../../providers/catalogue/guide.js'),
      ]);
      if (name === undefined) {
        const widest = Math.max(...CATALOGUE.map((known) => known.name.length));
        const lines = CATALOGUE.map((known) => `${known.name.padEnd(widest)}  ${known.displayName}\n`);
        return void process.stdout.write(lines.join(''));
      }
      const entry = findProvider(name);
      if (entry === null) {
        const names = CATALOGUE.map((known) => known.name).join(', ');
        throw new BadUsage(`there is no guide for "${name}"`, `there are: ${names}`);
      }
      process.stdout.write(guideOf(entry, { publicUrl: readConfig().publicUrl, service }));
    });
}
