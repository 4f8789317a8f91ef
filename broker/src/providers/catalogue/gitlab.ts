import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const OAUTH: Source = 'https://github.com/gitlabhq/gitlabhq/blob/master/doc/api/oauth2.md';
const PROVIDER: Source = 'https://docs.gitlab.com/integration/oauth_provider/';

export const gitlab: ProviderEntry = {
  ...UNKNOWN,
  name: 'gitlab',
  displayName: 'GitLab',
  kind: 'oauth2',
  authorizationUrl: cited('https://gitlab.com/oauth/authorize', OAUTH),
  tokenUrl: cited('https://gitlab.com/oauth/token', OAUTH),
  revocationUrl: cited('https://gitlab.com/oauth/revoke', OAUTH),
  authStyle: seen('body', OAUTH),
  scopeSeparator: seen(' ', OAUTH),
  pkce: seen(true, OAUTH),
  rotation: seen('strict', OAUTH),
  accessTokenSeconds: seen(7_200, OAUTH),
  account: cited(
    { from: 'url', url: 'https://gitlab.com/api/v4/user', idPath: 'id', labelPath: 'username' },
    'https://docs.gitlab.com/api/users/',
  ),
  baseUrl: cited('https://gitlab.com/api/v4', 'https://docs.gitlab.com/api/rest/'),
  allowedHosts: cited(['gitlab.com'], 'https://docs.gitlab.com/api/rest/'),
  scopes: [
    { ...seen('read_user', OAUTH), byDefault: true, en: 'See your profile', fr: 'Voir votre profil' },
    {
      ...cited('read_api', PROVIDER),
      byDefault: false,
      en: 'Read everything that you can read',
      fr: 'Lire tout ce que vous pouvez lire',
    },
    {
      ...cited('api', PROVIDER),
      byDefault: false,
      en: 'Read and change everything that you can reach',
      fr: 'Lire et modifier tout ce à quoi vous avez accès',
    },
  ],
  guide: {
    console: cited('https://gitlab.com/-/user_settings/applications', PROVIDER),
    steps: [
      seen('Register an application in your user settings, under "Applications".', OAUTH),
      cited('Enter {redirectUri} as its redirect URI, and keep "Confidential" checked.', PROVIDER),
      seen('Choose the scopes that the workflows need.', OAUTH),
      seen('Copy the Application ID (the client ID) and the secret.', OAUTH),
    ],
    traps: [
      seen('A refresh ends both the refresh token and the access token before it.', OAUTH),
      cited(
        'A GitLab of your own has the same paths at its own host: set the URLs and hosts of the service so.',
        OAUTH,
      ),
      seen('Scopes must be chosen in the application too.', OAUTH),
    ],
    notSupported: [
      'The redirect URI in refresh requests: GitLab shows one there, which must be that of the authorization; Otobot sends none. This has not been tried.',
    ],
  },
};
