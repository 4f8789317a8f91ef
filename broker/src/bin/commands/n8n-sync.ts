import type { CommandGroup } from '../managing/declaration';
import { noted, recorded, tabled } from '../managing/show';
import { pairs } from '../managing/values';
import { TO_GO_IF_KNOWN } from '../terminal/columns';
import { CREDENTIAL, INSTANCE, locateCredential, locateInstance } from './locate-n8n';
import { ERROR, STATUS } from './n8n-columns';

export const n8nSyncCommands: CommandGroup = {
  name: 'n8n-sync',
  about: "credentials of n8n's own types, kept up to date in n8n instances",
  commands: [
    {
      name: 'add',
      about: "keep a connection in an n8n as a credential of n8n's own",
      route: 'POST /v1/n8n-instances/:id/credentials',
      fields: [
        INSTANCE,
        { flags: '<client>', about: 'whose it is; - for the organization', to: 'body.clientId' },
        { flags: '<service>', about: 'at which service', to: 'body.service' },
        { flags: '--name <name>', about: 'where a client has several', to: 'body.name' },
        { flags: '--type <type>', about: "n8n's credential type, such as googleSheetsOAuth2Api", to: 'body.type' },
        { flags: '--title <text>', about: 'of its name in n8n; client and service unless given', to: 'body.title' },
        { flags: '--fields <list>', about: 'what the type has beside it: a=1,b=2', to: 'body.fields', read: pairs },
      ],
      locate: locateInstance,
      examples: [
        'otobot n8n-sync add main acme hubspot',
        'otobot n8n-sync add main acme google --type googleSheetsOAuth2Api',
        'otobot n8n-sync add main acme zendesk --fields subdomain=acme',
      ],
      show: recorded(
        'A worker puts it there within seconds (npm start, or otobot refresh). In n8n it is called: {title}',
      ),
    },
    {
      name: 'list',
      about: 'show what is kept in an n8n',
      route: 'GET /v1/n8n-instances/:id/credentials',
      fields: [INSTANCE],
      locate: locateInstance,
      examples: ['otobot n8n-sync list main'],
      show: tabled(
        [
          { head: 'CLIENT', of: 'clientId' },
          { head: 'SERVICE', of: 'service' },
          { head: 'NAME', of: 'name' },
          { head: 'TYPE', of: 'type' },
          STATUS,
          { head: 'PUSHED', of: 'pushedAt', ...TO_GO_IF_KNOWN },
          { head: 'TOKEN ENDS', of: 'pushedExpiresAt', ...TO_GO_IF_KNOWN },
          { head: 'FOUND', of: 'drift' },
          ERROR,
          { head: 'ID', of: 'id', whole: true, spare: true },
        ],
        'Nothing is kept there. Add a connection with: otobot n8n-sync add',
      ),
    },
    {
      name: 'push',
      about: 'put a credential there once more, whole',
      route: 'POST /v1/n8n-instances/:id/credentials/:credentialId/push',
      fields: [INSTANCE, CREDENTIAL],
      locate: locateCredential,
      examples: ['otobot n8n-sync push main acme/google'],
      show: noted('A worker puts {title} there within seconds.'),
    },
    {
      name: 'remove',
      about: 'take a credential away there, then forget it',
      route: 'DELETE /v1/n8n-instances/:id/credentials/:credentialId',
      fields: [INSTANCE, CREDENTIAL],
      locate: locateCredential,
      examples: ['otobot n8n-sync remove main acme/google', 'otobot n8n-sync remove main acme/google --yes'],
      confirm: 'Remove {credentialId} from n8n instance {id}? Workflows there lose it.',
      show: noted('A worker takes {title} away within seconds.'),
    },
  ],
};
