import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const TOKENS: Source = 'https://docs.qonto.com/api-reference/business-api/authentication/oauth2/create_tokens';
const OLDER: Source = 'https://docs.qonto.com/api-reference/business-api/authentication/oauth/token-endpoint';
const AUTHORIZE: Source =
  'https://docs.qonto.com/api-reference/business-api/authentication/oauth2/retrieve_authorization';

export const qonto: ProviderEntry = {
  ...UNKNOWN,
  name: 'qonto',
  displayName: 'Qonto',
  kind: 'oauth2',
  authorizationUrl: cited('https://oauth.qonto.com/oauth2/auth', AUTHORIZE),
  tokenUrl: seen('https://oauth.qonto.com/oauth2/token', OLDER),
  authStyle: seen('body', OLDER),
  scopeSeparator: cited(' ', AUTHORIZE),
  accessTokenSeconds: seen(3_600, TOKENS),
  consentIdleSeconds: seen(7_776_000, TOKENS),
  account: cited({ from: 'id_token', url: null, idPath: 'sub', labelPath: null }, TOKENS),
  baseUrl: cited('https://thirdparty.qonto.com/v2', AUTHORIZE),
  allowedHosts: cited(['thirdparty.qonto.com'], AUTHORIZE),
  scopes: [
    {
      ...seen('offline_access', TOKENS),
      byDefault: true,
      en: 'Keep this access while you are away',
      fr: 'Conserver cet accès en votre absence',
    },
    {
      ...seen('openid', TOKENS),
      byDefault: true,
      en: 'Know which Qonto member you are',
      fr: 'Savoir quel membre Qonto vous êtes',
    },
    {
      ...cited('organization.read', AUTHORIZE),
      byDefault: false,
      en: 'See your organization and its transactions',
      fr: 'Voir votre organisation et ses transactions',
    },
  ],
  guide: {
    console: null,
    steps: [
      cited(
        'Qonto gives the client ID and the client secret after its registration form; name {redirectUri} there.',
        OLDER,
      ),
    ],
    traps: [
      seen('Without the scope offline_access there is no refresh token.', TOKENS),
      seen('A refresh gives a new refresh token, which has to be kept in place of the one before.', TOKENS),
      seen('An authorization code lives for ten minutes.', OLDER),
    ],
    notSupported: [],
  },
};
