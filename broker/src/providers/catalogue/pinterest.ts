import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const TOKEN: Source = 'https://github.com/pinterest/api-quickstart/blob/main/nodejs/src/access_token.js';
const README: Source = 'https://github.com/pinterest/api-quickstart/blob/main/README.md';
const USER: Source = 'https://github.com/pinterest/api-quickstart/blob/main/nodejs/src/user.js';
const DOCS: Source = 'https://developers.pinterest.com/docs/getting-started/set-up-authentication-and-authorization/';

export const pinterest: ProviderEntry = {
  ...UNKNOWN,
  name: 'pinterest',
  displayName: 'Pinterest',
  kind: 'oauth2',
  authorizationUrl: cited('https://www.pinterest.com/oauth/', DOCS),
  tokenUrl: cited('https://api.pinterest.com/v5/oauth/token', TOKEN),
  authStyle: cited('header', DOCS),
  scopeSeparator: cited(',', DOCS),
  accessTokenSeconds: cited(2_592_000, DOCS),
  consentSeconds: cited(31_536_000, DOCS),
  account: seen(
    { from: 'url', url: 'https://api.pinterest.com/v5/user_account', idPath: 'username', labelPath: 'username' },
    USER,
  ),
  baseUrl: cited('https://api.pinterest.com/v5', USER),
  allowedHosts: cited(['api.pinterest.com'], USER),
  scopes: [
    {
      ...cited('user_accounts:read', DOCS),
      byDefault: true,
      en: 'See your Pinterest account',
      fr: 'Voir votre compte Pinterest',
    },
    { ...cited('boards:read', DOCS), byDefault: false, en: 'See your boards', fr: 'Voir vos tableaux' },
    { ...cited('pins:read', DOCS), byDefault: false, en: 'See your Pins', fr: 'Voir vos épingles' },
    {
      ...cited('pins:write', DOCS),
      byDefault: false,
      en: 'Create and change Pins',
      fr: 'Créer et modifier des épingles',
    },
  ],
  guide: {
    console: seen('https://developers.pinterest.com/apps/', README),
    steps: [
      seen('Choose "Connect app" on the page above, and ask for trial access if Pinterest wants it.', README),
      seen('Open "Manage" and enter {redirectUri} in the box "Redirect link"; press Enter to save it.', README),
      seen('Copy the app ID (the client ID) and the app secret key.', README),
    ],
    traps: [
      seen('A refresh may answer with a new refresh token: it then replaces the one before.', TOKEN),
      seen('Continuous refresh tokens need the parameter refresh_on in the request.', TOKEN),
    ],
    notSupported: ['The parameter refresh_on, which asks for refresh tokens that are renewed at each use.'],
  },
};
