import { Command } from 'commander';
import { BadUsage } from '../bad-usage';

const WARNING = `This is a secret: it opens every access token and API key, and makes access keys. It opens no refresh token and no client secret.
Give it, alone, to a process of \`otobot serve --surface grants\` as ENCRYPTION_SERVE_KEY or ENCRYPTION_SERVE_KEY_FILE.
`;

/** Prints what the master key is too much for. Derived each time, so there is nothing to store. */
export function serveKeyCommand(): Command {
  return new Command('serve-key')
    .description('show the ENCRYPTION_SERVE_KEY that belongs to the master key: for otobot serve --surface grants')
    .option('--print', 'also where the output goes to a file or another program')
    .addHelpText(
      'after',
      '\nExamples:\n  otobot keys serve-key\n  (umask 077; otobot keys serve-key --print > serve.key)',
    )
    .action(async ({ print = false }: { print?: boolean }) => {
      if (!print && !process.stdout.isTTY)
        throw new BadUsage('a key is shown on a terminal only, and this is none', 'add --print where that is meant');
      // Loaded only when it runs: help and mistakes are told at once.
      const [{ masterKeyOf }, { takeConfig }, { serveRootOf }] = await Promise.all([
        import('../../app/installation.js'),
        import('../../config/take-config.js'),
        import('../../vault/roots.js'),
      ]);
      const key = serveRootOf(masterKeyOf(takeConfig()));
      process.stderr.write(WARNING);
      process.stdout.write(`${key}\n`);
    });
}
