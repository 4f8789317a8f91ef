import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const CLIENT: Source = 'https://github.com/freshbooks/freshbooks-nodejs-sdk/blob/main/packages/api/src/APIClient.ts';
const AUTH: Source = 'https://www.freshbooks.com/api/authentication';
const ME: Source = 'https://www.freshbooks.com/api/me_endpoint';

export const freshbooks: ProviderEntry = {
  ...UNKNOWN,
  name: 'freshbooks',
  displayName: 'FreshBooks',
  kind: 'oauth2',
  authorizationUrl: seen('https://auth.freshbooks.com/oauth/authorize', CLIENT),
  tokenUrl: seen('https://api.freshbooks.com/auth/oauth/token', CLIENT),
  bodyFormat: seen('json', CLIENT),
  authStyle: seen('body', CLIENT),
  scopeSeparator: seen(' ', CLIENT),
  rotation: cited('strict', AUTH),
  account: cited(
    {
      from: 'url',
      url: 'https://api.freshbooks.com/auth/api/v1/users/me',
      idPath: 'response.id',
      labelPath: 'response.email',
    },
    ME,
  ),
  baseUrl: seen('https://api.freshbooks.com', CLIENT),
  allowedHosts: seen(['api.freshbooks.com'], CLIENT),
  scopes: [
    { ...cited('user:profile:read', AUTH), byDefault: true, en: 'See who you are', fr: 'Savoir qui vous êtes' },
    { ...cited('user:invoices:read', AUTH), byDefault: false, en: 'See your invoices', fr: 'Voir vos factures' },
  ],
  guide: {
    console: cited('https://my.freshbooks.com/#/developer', AUTH),
    steps: [
      cited('Create an app in the developer page with {redirectUri} as its redirect URI.', AUTH),
      cited('Copy the client ID and the client secret.', AUTH),
    ],
    traps: [cited('Each refresh gives a new refresh token: the newest one has to be used.', AUTH)],
    notSupported: [
      'The library of FreshBooks sends the redirect URI in refresh requests too; Otobot does not. This has not been tried.',
    ],
  },
};
