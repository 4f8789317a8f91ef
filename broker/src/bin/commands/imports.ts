import type { CommandGroup } from '../managing/declaration';
import { planned, shownImport } from './import-plan';
import { withN8nExport } from './n8n-export-file';

export const importCommands: CommandGroup = {
  name: 'import',
  about: 'credentials that are elsewhere by now, many at once',
  commands: [
    {
      name: 'n8n',
      about: 'take over what n8n exported: all of it, or nothing',
      route: 'POST /v1/imports',
      fields: [
        { flags: '<file>', about: 'what n8n exported, or the folder of --separate', to: 'body.file' },
        { flags: '--create-clients', about: 'make the client, where missing', to: 'body.createClients', means: true },
        {
          flags: '--create-services',
          about: 'make missing services of known providers',
          to: 'body.createServices',
          means: true,
        },
      ],
      options: [
        { flags: '--client <client>', about: 'whose they are; - for the organization' },
        { flags: '--service <service>', about: 'of those whose type does not say, such as a generic OAuth2' },
        { flags: '--dry-run', about: 'only show what would become of each' },
        { flags: '--yes', about: 'do it without asking' },
      ],
      examples: [
        'otobot import n8n export.json --client acme --create-services --dry-run',
        'otobot import n8n export.json --client acme --create-clients --create-services',
      ],
      help: [
        'In n8n: n8n export:credentials --all --decrypted --output=export.json',
        'The file holds every secret in clear: delete it afterwards.',
        'n8n and Otobot must not both refresh one grant: many providers then end it. Switch over soon.',
      ].join('\n'),
      gather: withN8nExport,
      locate: planned,
      show: shownImport,
    },
  ],
};
