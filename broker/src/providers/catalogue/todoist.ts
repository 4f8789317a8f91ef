import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const ENDPOINTS: Source = 'https://github.com/Doist/todoist-api-typescript/blob/main/src/consts/endpoints.ts';
const CLIENT: Source = 'https://github.com/Doist/todoist-api-typescript/blob/main/src/authentication.ts';
const DOCS: Source = 'https://developer.todoist.com/api/v1/';

export const todoist: ProviderEntry = {
  ...UNKNOWN,
  name: 'todoist',
  displayName: 'Todoist',
  kind: 'oauth2',
  authorizationUrl: seen('https://todoist.com/oauth/authorize', ENDPOINTS),
  tokenUrl: seen('https://todoist.com/oauth/access_token', ENDPOINTS),
  bodyFormat: seen('json', CLIENT),
  revocationUrl: seen('https://api.todoist.com/api/v1/revoke', CLIENT),
  authStyle: seen('body', CLIENT),
  scopeSeparator: seen(',', CLIENT),
  account: cited({ from: 'url', url: 'https://api.todoist.com/api/v1/user', idPath: 'id', labelPath: 'email' }, DOCS),
  baseUrl: seen('https://api.todoist.com/api/v1', ENDPOINTS),
  allowedHosts: seen(['api.todoist.com'], ENDPOINTS),
  scopes: [
    {
      ...seen('data:read', CLIENT),
      byDefault: true,
      en: 'See your tasks and projects',
      fr: 'Voir vos tâches et vos projets',
    },
    {
      ...seen('data:read_write', CLIENT),
      byDefault: false,
      en: 'Read and change your tasks and projects',
      fr: 'Lire et modifier vos tâches et vos projets',
    },
    { ...seen('task:add', CLIENT), byDefault: false, en: 'Add tasks', fr: 'Ajouter des tâches' },
  ],
  guide: {
    console: cited('https://developer.todoist.com/appconsole.html', DOCS),
    steps: [
      cited('Create an application in the App Management Console.', DOCS),
      cited('Enter {redirectUri} as its OAuth redirect URL.', DOCS),
      cited('Copy the client ID and the client secret.', DOCS),
    ],
    traps: [
      seen('At least one scope has to be asked for.', CLIENT),
      seen('The token answer names a token and its type only: there is no refresh token.', CLIENT),
    ],
    notSupported: [],
  },
};
