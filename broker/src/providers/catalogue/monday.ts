import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const OAUTH: Source = 'https://developer.monday.com/apps/docs/oauth';
const API: Source = 'https://developer.monday.com/api-reference/docs/basics';

export const monday: ProviderEntry = {
  ...UNKNOWN,
  name: 'monday',
  displayName: 'monday.com',
  kind: 'oauth2',
  authorizationUrl: cited('https://auth.monday.com/oauth2/authorize', OAUTH),
  tokenUrl: cited('https://auth.monday.com/oauth2/token', OAUTH),
  authStyle: cited('body', OAUTH),
  scopeSeparator: cited(' ', OAUTH),
  baseUrl: cited('https://api.monday.com/v2', API),
  allowedHosts: cited(['api.monday.com'], API),
  scopes: [
    { ...seen('me:read', OAUTH), byDefault: true, en: 'See your profile', fr: 'Voir votre profil' },
    { ...seen('boards:read', OAUTH), byDefault: true, en: 'See your boards', fr: 'Voir vos tableaux' },
    { ...seen('boards:write', OAUTH), byDefault: false, en: 'Change your boards', fr: 'Modifier vos tableaux' },
    { ...seen('docs:read', OAUTH), byDefault: false, en: 'Read your docs', fr: 'Lire vos documents' },
  ],
  guide: {
    console: null,
    steps: [
      seen('Create an app in the Developer Center.', OAUTH),
      seen('Under "OAuth" choose the scopes and enter {redirectUri} as a redirect URL.', OAUTH),
      seen('Copy the client ID and the client secret.', OAUTH),
    ],
    traps: [
      seen('Each endpoint of the API needs a certain scope, which its reference names.', OAUTH),
      cited('Tokens do not expire, and there is no refresh token.', OAUTH),
    ],
    notSupported: ['The account: monday.com is asked by GraphQL with POST; account look-ups are GET requests.'],
  },
};
