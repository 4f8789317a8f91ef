import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const AUTHORIZE: Source =
  'https://developer.seismic.com/seismicsoftware/reference/get-tokens-using-authorization_code-flow';
const PKCE: Source = 'https://developer.seismic.com/seismicsoftware/reference/pkce-get-the-users-authorization-code';
const REFRESH: Source =
  'https://developer.seismic.com/seismicsoftware/reference/exchange-the-refresh-token-for-an-access-refresh-token';
const APP: Source = 'https://developer.seismic.com/seismicsoftware/docs/create-an-app-with-auth';
const OVERVIEW: Source = 'https://developer.seismic.com/seismicsoftware/reference/authentication-overview';

export const seismic: ProviderEntry = {
  ...UNKNOWN,
  name: 'seismic',
  displayName: 'Seismic',
  kind: 'oauth2',
  tenant: cited({ what: 'tenant', from: 'link', param: null, hosts: null, example: 'acme' }, AUTHORIZE),
  authorizationUrl: seen('https://auth.seismic.com/tenants/{tenant}/connect/authorize', AUTHORIZE),
  tokenUrl: cited('https://auth.seismic.com/tenants/{tenant}/connect/token', AUTHORIZE),
  scopeSeparator: seen(' ', AUTHORIZE),
  pkce: seen(true, PKCE),
  consentIdleSeconds: seen(15_552_000, REFRESH),
  baseUrl: cited('https://api.seismic.com', OVERVIEW),
  allowedHosts: cited(['api.seismic.com'], OVERVIEW),
  scopes: [
    {
      ...seen('offline_access', AUTHORIZE),
      byDefault: true,
      en: 'Keep this access while you are away',
      fr: 'Conserver cet accès en votre absence',
    },
    { ...seen('seismic.reporting', AUTHORIZE), byDefault: false, en: 'Read reports', fr: 'Lire les rapports' },
  ],
  guide: {
    console: null,
    steps: [
      seen('As an admin of the tenant sign in to the App Registration Portal, and choose "Create an App".', APP),
      cited('Set up an authentication client with {redirectUri} as its redirect URI, and choose its scopes.', APP),
      cited('Copy the client ID and the client secret.', APP),
    ],
    traps: [
      seen('Each customer has a tenant of its own, which stands in the path of the URLs.', AUTHORIZE),
      seen('Without the scope offline_access there is no refresh token.', PKCE),
      seen('A refresh gives a new refresh token; it ends after 180 days, counted anew from each use.', REFRESH),
    ],
    notSupported: ['The account: the claims of the tokens were not found described.'],
  },
};
