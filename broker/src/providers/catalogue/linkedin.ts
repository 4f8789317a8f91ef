import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const FLOW: Source = 'https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow';
const REFRESH: Source = 'https://learn.microsoft.com/en-us/linkedin/shared/authentication/programmatic-refresh-tokens';
const OVERVIEW: Source = 'https://learn.microsoft.com/en-us/linkedin/shared/authentication/authentication';
const SIGN_IN: Source =
  'https://learn.microsoft.com/en-us/linkedin/consumer/integrations/self-serve/sign-in-with-linkedin-v2';

export const linkedin: ProviderEntry = {
  ...UNKNOWN,
  name: 'linkedin',
  displayName: 'LinkedIn',
  kind: 'oauth2',
  authorizationUrl: cited('https://www.linkedin.com/oauth/v2/authorization', FLOW),
  tokenUrl: cited('https://www.linkedin.com/oauth/v2/accessToken', FLOW),
  authStyle: cited('body', FLOW),
  scopeSeparator: cited(' ', FLOW),
  pkce: cited(false, FLOW),
  rotation: cited('none', REFRESH),
  accessTokenSeconds: seen(5_184_000, REFRESH),
  consentSeconds: seen(31_536_000, REFRESH),
  account: cited(
    { from: 'url', url: 'https://api.linkedin.com/v2/userinfo', idPath: 'sub', labelPath: 'name' },
    SIGN_IN,
  ),
  baseUrl: cited('https://api.linkedin.com', SIGN_IN),
  allowedHosts: cited(['api.linkedin.com'], SIGN_IN),
  scopes: [
    {
      ...cited('openid', SIGN_IN),
      byDefault: true,
      en: 'Know which LinkedIn member you are',
      fr: 'Savoir quel membre LinkedIn vous êtes',
    },
    {
      ...cited('profile', SIGN_IN),
      byDefault: true,
      en: 'See your name and your picture',
      fr: 'Voir votre nom et votre photo',
    },
    {
      ...seen('w_member_social', OVERVIEW),
      byDefault: false,
      en: 'Publish, comment and react in your name',
      fr: 'Publier, commenter et réagir en votre nom',
    },
  ],
  guide: {
    console: cited('https://www.linkedin.com/developers/apps', FLOW),
    steps: [
      seen('Configure an application in the Developer Portal.', FLOW),
      cited('Under "Auth" add {redirectUri} as an authorized redirect URL.', FLOW),
      cited('Under "Products" ask for the products that carry the scopes you need.', OVERVIEW),
      seen('Copy the client ID and the client secret.', FLOW),
    ],
    traps: [
      seen('Only approved partners get refresh tokens; all others connect again every 60 days.', REFRESH),
      seen(
        'A refresh token ends a year after the consent, whatever the number of refreshes: then the member has to consent again.',
        REFRESH,
      ),
      seen('The member consents to all scopes or to none.', FLOW),
    ],
    notSupported: [],
  },
};
