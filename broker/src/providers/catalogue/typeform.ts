import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const APPS: Source = 'https://www.typeform.com/developers/get-started/applications/';
const SCOPES: Source = 'https://www.typeform.com/developers/get-started/scopes/';
const EXPIRY: Source = 'https://github.com/Typeform/js-api-client/issues/53';
const LIBRARY: Source = 'https://github.com/Typeform/js-api-client/blob/main/src/constants/index.ts';

export const typeform: ProviderEntry = {
  ...UNKNOWN,
  name: 'typeform',
  displayName: 'Typeform',
  kind: 'oauth2',
  authorizationUrl: cited('https://api.typeform.com/oauth/authorize', APPS),
  tokenUrl: cited('https://api.typeform.com/oauth/token', APPS),
  authStyle: cited('body', APPS),
  scopeSeparator: cited(' ', SCOPES),
  accessTokenSeconds: seen(604_800, EXPIRY),
  account: cited({ from: 'url', url: 'https://api.typeform.com/me', idPath: 'alias', labelPath: 'email' }, SCOPES),
  baseUrl: seen('https://api.typeform.com', LIBRARY),
  allowedHosts: seen(['api.typeform.com'], LIBRARY),
  scopes: [
    {
      ...cited('offline', SCOPES),
      byDefault: true,
      en: 'Keep this access while you are away',
      fr: 'Conserver cet accès en votre absence',
    },
    {
      ...cited('accounts:read', SCOPES),
      byDefault: true,
      en: 'See your Typeform account',
      fr: 'Voir votre compte Typeform',
    },
    { ...cited('forms:read', SCOPES), byDefault: false, en: 'See your forms', fr: 'Voir vos formulaires' },
    {
      ...cited('responses:read', SCOPES),
      byDefault: false,
      en: 'See the responses to your forms',
      fr: 'Voir les réponses à vos formulaires',
    },
  ],
  guide: {
    console: null,
    steps: [
      cited('In the organization open "Developer apps" and register a new app.', APPS),
      cited('Enter {redirectUri} as its redirect URI.', APPS),
      cited('Copy the client secret at once, which is shown once only, and the client ID.', APPS),
    ],
    traps: [
      cited('Without the scope offline there is no refresh token.', APPS),
      seen('How long access tokens live is chosen per app: seven days unless changed.', EXPIRY),
    ],
    notSupported: [],
  },
};
