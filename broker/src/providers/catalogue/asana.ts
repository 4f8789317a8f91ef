import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const SPEC: Source = 'https://github.com/Asana/openapi/blob/master/defs/asana_oas.yaml';
const OAUTH: Source = 'https://developers.asana.com/docs/oauth';

export const asana: ProviderEntry = {
  ...UNKNOWN,
  name: 'asana',
  displayName: 'Asana',
  kind: 'oauth2',
  authorizationUrl: seen('https://app.asana.com/-/oauth_authorize', OAUTH),
  tokenUrl: seen('https://app.asana.com/-/oauth_token', OAUTH),
  revocationUrl: seen('https://app.asana.com/-/oauth_revoke', OAUTH),
  authStyle: cited('body', OAUTH),
  scopeSeparator: cited(' ', OAUTH),
  rotation: cited('none', OAUTH),
  accessTokenSeconds: cited(3_600, OAUTH),
  account: cited(
    { from: 'url', url: 'https://app.asana.com/api/1.0/users/me', idPath: 'data.gid', labelPath: 'data.email' },
    'https://developers.asana.com/reference/getuser',
  ),
  baseUrl: seen('https://app.asana.com/api/1.0', SPEC),
  allowedHosts: seen(['app.asana.com'], SPEC),
  scopes: [
    {
      ...seen('users:read', SPEC),
      byDefault: true,
      en: 'See who you are, and the people you work with',
      fr: 'Voir qui vous êtes et les personnes avec qui vous travaillez',
    },
    { ...seen('tasks:read', SPEC), byDefault: true, en: 'See your tasks', fr: 'Voir vos tâches' },
    { ...seen('projects:read', SPEC), byDefault: false, en: 'See your projects', fr: 'Voir vos projets' },
  ],
  guide: {
    console: cited('https://app.asana.com/0/my-apps', OAUTH),
    steps: [
      seen('In the developer console ("My apps") create an application.', OAUTH),
      cited('Under "OAuth" add {redirectUri} as a redirect URL, and choose the permission scopes.', OAUTH),
      cited('Copy the client ID and the client secret.', OAUTH),
    ],
    traps: [
      seen('Without scopes in the request Asana assumes "default", which reaches everything.', SPEC),
      cited('The refresh token stays the same: a refresh answers with an access token only.', OAUTH),
    ],
    notSupported: [],
  },
};
