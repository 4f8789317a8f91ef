import { findProvider } from '../../providers/catalogue/catalogue';
import { BadUsage } from '../bad-usage';
import type { CommandGroup, Field, Options } from '../managing/declaration';
import { secretFrom, secretFromWhoeverIsThere } from '../managing/secret-input';
import { listed } from '../managing/values';
import { isMembers } from '../managing/json';
import { noted, recorded, tabled } from '../managing/show';
import { DAY, suspension } from '../terminal/columns';
import { text } from '../terminal/table';
import { PROVIDER_FIELDS, SERVICE_FIELDS } from './service-fields';
import { confirmRevoking, revokingState, REVOKING_FIELDS, stopped } from './suspending';

const service: Field = { flags: '<service>', about: 'its name, such as google', to: 'params.service' };
/** What may go with a move to another token URL. */
const MOVED: ReadonlySet<string> = new Set(['body.refreshUrl', 'body.revocationUrl', 'body.tenantHosts']);
const SECRET_FILE = '--client-secret-file';
const NEXT = ' Give it its OAuth client with: otobot service app';

export const serviceCommands: CommandGroup = {
  name: 'service',
  about: 'the providers, and the OAuth clients (apps) they are reached with',
  commands: [
    {
      name: 'create',
      about: 'add a service, usable at once; of organization "default" for all, else for its own',
      route: 'POST /v1/services',
      fields: [{ flags: '<name>', about: 'such as google', to: 'body.name' }, ...PROVIDER_FIELDS, ...SERVICE_FIELDS],
      examples: [
        'otobot service create google --from google --scopes openid,email',
        'otobot service create shopify --from shopify',
        'otobot service create crm --authorization-url https://crm.example/oauth/authorize \\',
        '    --token-url https://crm.example/oauth/token --scopes read --allowed-hosts crm.example',
        'otobot service create openai --oauth-type api_key --allowed-hosts api.openai.com',
      ],
      show: (answer, screen, input) => {
        const created = recorded(
          ({ oauthType }) =>
            `Service {name} was created.${oauthType === 'oauth2' || oauthType === 'long_lived' ? NEXT : ''}`,
        );
        return [created(answer, screen, input), ...gapsOf(input.body.from)].join('\n');
      },
    },
    {
      name: 'list',
      about: 'show all services: the shared ones and the own',
      route: 'GET /v1/services',
      fields: [],
      examples: ['otobot service list', 'otobot service list --organization north'],
      show: tabled(
        [
          { head: 'SERVICE', of: 'name' },
          { head: 'DISPLAY NAME', of: 'displayName' },
          { head: 'TYPE', of: 'oauthType' },
          { head: 'ROTATION', of: 'rotation' },
          { head: 'SHARED', of: 'shared' },
          suspension,
          { head: 'REVOKING', of: 'revocationOrder', as: revokingState, spare: true },
          { head: 'CREATED', of: 'createdAt', ...DAY },
        ],
        'There are no services yet. Add one with: otobot service create',
      ),
    },
    {
      name: 'show',
      about: 'show one service, with its app',
      route: 'GET /v1/services/:service',
      fields: [service],
      examples: ['otobot service show google'],
      show: recorded(),
    },
    {
      name: 'edit',
      about: 'change what is given, at once in every process; the rest stays',
      route: 'PATCH /v1/services/:service',
      fields: [service, ...SERVICE_FIELDS],
      examples: ['otobot service edit google --max-concurrent 8', 'otobot service edit google --base-url ""'],
      show: recorded('Service {name} was changed.'),
    },
    {
      name: 'app',
      about: 'set the OAuth client of a service; what was set before is replaced',
      route: 'PUT /v1/clients/:clientId/apps/:service',
      alsoFor: ['PUT /v1/services/:service/app'],
      fields: [
        service,
        { flags: '--client-id <id>', about: 'of the OAuth client at the provider', to: 'body.clientId' },
        { flags: '--client <client>', about: "for this client's connections alone", to: 'params.clientId' },
        { flags: '--scopes <list>', about: "in place of the service's", to: 'body.scopes', read: listed },
      ],
      options: [
        {
          flags: `${SECRET_FILE} <file>`,
          about: 'the client secret; several are tried in this order; - is standard input',
          repeatable: true,
        },
      ],
      examples: [
        `otobot service app google --client-id 1234-abc ${SECRET_FILE} google.secret`,
        'pass show google | otobot service app google --client-id 1234-abc',
        `otobot service app google --client acme --client-id 77 ${SECRET_FILE} acme.secret`,
      ],
      help: `Without ${SECRET_FILE} the secret is asked for, or read from standard input.`,
      gather: async ({ params, body, ...input }, options) => {
        if (body.clientId === undefined)
          throw new BadUsage('--client-id is missing', 'the provider shows it beside the secret');
        const clientSecrets = await clientSecretsOf(options);
        return { ...input, params: { clientId: '-', ...params }, body: { ...body, clientSecrets } };
      },
      show: recorded('The app of service {service} was set.'),
    },
    {
      name: 'move',
      about: 'to other endpoints, with every token and secret that is sealed for those it has',
      route: 'POST /v1/services/:service/move',
      fields: [
        service,
        { flags: '--token-url <url>', about: 'where tokens come from, from now on', to: 'body.tokenUrl' },
        ...SERVICE_FIELDS.filter(({ to }) => MOVED.has(to)),
      ],
      examples: [
        'otobot service move crm --token-url https://login.crm.example/oauth/token',
        'otobot service move crm --token-url https://crm.example/token --revocation-url "" --yes',
      ],
      help: [
        'Every refresh token and client secret of the service goes to the new place from then on: of all',
        'organizations that use it, if it is of the shared catalogue. What was sealed for the old place is',
        'sealed anew; workers go on meanwhile. Interrupted, it has lost nothing: begin again, and it goes on',
        'where something is left to do.',
      ].join('\n'),
      confirm: 'Send every refresh token and client secret of service {service} to another server from now on?',
      confirmBy: 'service',
      next: (answer, input) => {
        const { nextCursor, looked, total } = isMembers(answer) ? answer : {};
        if (typeof nextCursor !== 'string') return null;
        const told = `${text(looked ?? null)} of about ${text(total ?? null)} secrets looked at`;
        return { told, input: { ...input, body: { ...input.body, cursor: nextCursor } } };
      },
      show: recorded(({ unopened }) =>
        unopened === 0
          ? 'Service {name} was moved.'
          : 'Service {name} was moved. {unopened} secrets open neither there nor where it was, and were left as they are.',
      ),
    },
    {
      name: 'suspend',
      about: 'release no credential of the service any more, anywhere',
      route: 'POST /v1/services/:service/suspend',
      fields: [service, ...REVOKING_FIELDS],
      examples: [
        'otobot service suspend google --dry-run',
        'otobot service suspend google --reason "breach at the provider"',
        'otobot service suspend google --revoke --yes',
      ],
      confirm: confirmRevoking('Give up every consent for service {service} at the provider, for good?'),
      confirmBy: 'service',
      show: stopped({
        done: 'Service {name} is suspended: none of its credentials is released.',
        would: 'Service {name} is left as it is.',
      }),
    },
    {
      name: 'resume',
      about: 'end a suspension',
      route: 'POST /v1/services/:service/resume',
      fields: [service],
      examples: ['otobot service resume google'],
      show: noted('Service {name} is back in service.'),
    },
    {
      name: 'delete',
      about: 'delete a service that no connection uses, with its app',
      route: 'DELETE /v1/services/:service',
      fields: [service],
      examples: ['otobot service delete google', 'otobot service delete google --yes'],
      confirm: 'Delete service {service} with its app, for good?',
      show: noted('Service {service} was deleted.'),
    },
  ],
};

/** What somebody should know who builds on a provider that is known. */
function gapsOf(provider: unknown): string[] {
  const gaps = typeof provider === 'string' ? (findProvider(provider)?.guide.notSupported ?? []) : [];
  return gaps.length === 0 ? [] : ['', 'Not supported yet:', ...gaps.map((gap) => `- ${gap}`)];
}

async function clientSecretsOf({ clientSecretFile }: Options): Promise<string[]> {
  if (!Array.isArray(clientSecretFile)) return [await secretFromWhoeverIsThere('Client secret', SECRET_FILE)];
  return clientSecretFile.map((file) => secretFrom(String(file), SECRET_FILE));
}
