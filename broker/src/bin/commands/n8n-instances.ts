import type { CommandGroup, Options } from '../managing/declaration';
import { secretFrom, secretFromWhoeverIsThere } from '../managing/secret-input';
import { noted, recorded, tabled } from '../managing/show';
import { TO_GO_IF_KNOWN } from '../terminal/columns';
import { INSTANCE, locateInstance } from './locate-n8n';
import { ERROR, STATUS } from './n8n-columns';

const KEY_FILE = '--api-key-file';

export const n8nInstanceCommands: CommandGroup = {
  name: 'instance',
  within: 'n8n-sync',
  about: 'the n8n instances into which credentials are put',
  commands: [
    {
      name: 'add',
      about: 'add an n8n, and ask it whether it takes the key',
      route: 'POST /v1/n8n-instances',
      fields: [
        { flags: '<name>', about: 'of your choice, such as main', to: 'body.name' },
        { flags: '<url>', about: 'under which its editor is opened', to: 'body.url' },
      ],
      options: [{ flags: `${KEY_FILE} <file>`, about: 'the key of its API; - is standard input' }],
      examples: [
        `otobot n8n-sync instance add main https://n8n.example.com ${KEY_FILE} n8n.key`,
        'pass show n8n | otobot n8n-sync instance add main https://n8n.example.com',
      ],
      help: [
        'Make the key in n8n under Settings > n8n API, as its owner or an admin, with the scopes',
        'credential:create, credential:read, credential:update, credential:delete and credential:list.',
        `Without ${KEY_FILE} it is asked for, or read from standard input.`,
      ].join('\n'),
      gather: async ({ body, ...input }, options) => ({ ...input, body: { ...body, apiKey: await apiKeyOf(options) } }),
      show: recorded(({ status: state }) =>
        state === 'ok'
          ? 'n8n answers, and takes the key.'
          : 'It was added, but n8n does not answer as it should: {lastErrorCode}.',
      ),
    },
    {
      name: 'list',
      about: 'show them, with their state',
      route: 'GET /v1/n8n-instances',
      fields: [],
      examples: ['otobot n8n-sync instance list'],
      show: tabled(
        [
          { head: 'INSTANCE', of: 'name' },
          { head: 'URL', of: 'url' },
          STATUS,
          { head: 'CREDENTIALS', of: 'credentials' },
          { head: 'LAST SEEN', of: 'lastSeenAt', ...TO_GO_IF_KNOWN },
          ERROR,
        ],
        'There are no n8n instances yet. Add one with: otobot n8n-sync instance add',
      ),
    },
    {
      name: 'check',
      about: 'ask it now, and compare each credential there with what was left',
      route: 'POST /v1/n8n-instances/:id/check',
      fields: [INSTANCE],
      locate: locateInstance,
      examples: ['otobot n8n-sync instance check main'],
      show: recorded(({ status: state }) =>
        state === 'ok'
          ? 'n8n answers; a worker compares its credentials now: otobot n8n-sync list'
          : 'n8n does not answer as it should: {lastErrorCode}.',
      ),
    },
    {
      name: 'remove',
      about: 'take everything away that was put there, then forget it',
      route: 'DELETE /v1/n8n-instances/:id',
      fields: [
        INSTANCE,
        { flags: '--forget', about: 'at once; what was put there stays', to: 'query.forget', means: 'true' },
      ],
      locate: locateInstance,
      examples: ['otobot n8n-sync instance remove main', 'otobot n8n-sync instance remove old --forget --yes'],
      confirm: 'Remove every credential that Otobot put into n8n instance {id}? Workflows there lose them.',
      show: noted(({ status: state }) =>
        state === 'removed'
          ? 'n8n instance {name} is forgotten.'
          : 'A worker takes the {credentials} credentials away that are there; then n8n instance {name} is forgotten.',
      ),
    },
  ],
};

function apiKeyOf({ apiKeyFile }: Options): Promise<string> {
  if (typeof apiKeyFile === 'string') return Promise.resolve(secretFrom(apiKeyFile, KEY_FILE));
  return secretFromWhoeverIsThere('API key of n8n', KEY_FILE);
}
