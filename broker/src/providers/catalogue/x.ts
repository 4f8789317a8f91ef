import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const FLOW: Source =
  'https://github.com/xdevplatform/docs/blob/main/fundamentals/authentication/oauth-2-0/authorization-code.mdx';
const STEPS: Source =
  'https://github.com/xdevplatform/docs/blob/main/fundamentals/authentication/oauth-2-0/user-access-token.mdx';
const SPEC: Source = 'https://github.com/xdevplatform/docs/blob/main/openapi.json';
const ME: Source = 'https://docs.x.com/x-api/users/get-my-user';

export const x: ProviderEntry = {
  ...UNKNOWN,
  name: 'x',
  displayName: 'X (Twitter)',
  kind: 'oauth2',
  authorizationUrl: seen('https://x.com/i/oauth2/authorize', STEPS),
  tokenUrl: seen('https://api.x.com/2/oauth2/token', STEPS),
  revocationUrl: seen('https://api.x.com/2/oauth2/revoke', STEPS),
  authStyle: seen('header', STEPS),
  scopeSeparator: seen(' ', STEPS),
  pkce: seen(true, FLOW),
  accessTokenSeconds: seen(7_200, FLOW),
  account: cited(
    { from: 'url', url: 'https://api.x.com/2/users/me', idPath: 'data.id', labelPath: 'data.username' },
    ME,
  ),
  baseUrl: seen('https://api.x.com', SPEC),
  allowedHosts: seen(['api.x.com'], SPEC),
  scopes: [
    {
      ...seen('users.read', FLOW),
      byDefault: true,
      en: 'See the accounts that you can see',
      fr: 'Voir les comptes que vous pouvez voir',
    },
    {
      ...seen('tweet.read', FLOW),
      byDefault: true,
      en: 'See the posts that you can see',
      fr: 'Voir les publications que vous pouvez voir',
    },
    {
      ...seen('offline.access', FLOW),
      byDefault: true,
      en: 'Keep this access while you are away',
      fr: 'Conserver cet accès en votre absence',
    },
    {
      ...seen('tweet.write', FLOW),
      byDefault: false,
      en: 'Post and repost for you',
      fr: 'Publier et republier en votre nom',
    },
    {
      ...seen('dm.write', FLOW),
      byDefault: false,
      en: 'Send direct messages for you',
      fr: 'Envoyer des messages privés en votre nom',
    },
  ],
  guide: {
    console: seen('https://developer.x.com/en/portal/dashboard', STEPS),
    steps: [
      seen(
        'Enable OAuth 2.0 in the authentication settings of your App, as a confidential client ("Web App, Automated App or Bot").',
        FLOW,
      ),
      seen('Enter {redirectUri} as a callback URL; it must match exactly.', FLOW),
      seen('Copy the client ID and the client secret from "Keys and Tokens".', STEPS),
    ],
    traps: [
      seen('Without the scope offline.access there is no refresh token, and access ends after two hours.', FLOW),
      seen('An authorization code lives for 30 seconds.', FLOW),
      seen('OAuth 2.0 works with version 2 of the API only.', FLOW),
    ],
    notSupported: [],
  },
};
