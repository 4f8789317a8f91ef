import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const CLIENT: Source =
  'https://github.com/square/square-nodejs-sdk/blob/master/src/api/resources/oAuth/client/Client.ts';
const ANSWER: Source = 'https://github.com/square/square-nodejs-sdk/blob/master/src/api/types/ObtainTokenResponse.ts';
const REQUEST: Source =
  'https://github.com/square/square-nodejs-sdk/blob/master/src/api/resources/oAuth/client/requests/ObtainTokenRequest.ts';
const HOSTS: Source = 'https://github.com/square/square-nodejs-sdk/blob/master/src/environments.ts';
const MERCHANT: Source =
  'https://github.com/square/square-nodejs-sdk/blob/master/src/api/resources/merchants/client/requests/GetMerchantsRequest.ts';
const URLS: Source = 'https://developer.squareup.com/docs/oauth-api/create-urls-for-square-authorization';

export const square: ProviderEntry = {
  ...UNKNOWN,
  name: 'square',
  displayName: 'Square',
  kind: 'oauth2',
  authorizationUrl: seen('https://connect.squareup.com/oauth2/authorize', CLIENT),
  tokenUrl: seen('https://connect.squareup.com/oauth2/token', CLIENT),
  bodyFormat: seen('json', CLIENT),
  authStyle: seen('body', CLIENT),
  scopeSeparator: cited(' ', URLS),
  pkce: seen(false, CLIENT),
  rotation: seen('none', ANSWER),
  accessTokenSeconds: seen(2_592_000, ANSWER),
  account: cited(
    {
      from: 'url',
      url: 'https://connect.squareup.com/v2/merchants/me',
      idPath: 'merchant.id',
      labelPath: 'merchant.business_name',
    },
    MERCHANT,
  ),
  baseUrl: seen('https://connect.squareup.com', HOSTS),
  allowedHosts: seen(['connect.squareup.com'], HOSTS),
  scopes: [
    {
      ...seen('MERCHANT_PROFILE_READ', REQUEST),
      byDefault: true,
      en: 'See your business',
      fr: 'Voir votre entreprise',
    },
    { ...seen('PAYMENTS_READ', REQUEST), byDefault: false, en: 'See your payments', fr: 'Voir vos paiements' },
    { ...cited('CUSTOMERS_READ', URLS), byDefault: false, en: 'See your customers', fr: 'Voir vos clients' },
  ],
  guide: {
    console: cited('https://developer.squareup.com/apps', URLS),
    steps: [
      cited('Create an application in the Developer Dashboard.', URLS),
      cited('On its page "OAuth" enter {redirectUri} as the redirect URL, for production.', URLS),
      seen('Copy the application ID (the client ID) and the application secret from there.', CLIENT),
    ],
    traps: [
      seen(
        'Refresh tokens of this flow work many times and never expire; those of the PKCE flow work once: so PKCE is off here.',
        ANSWER,
      ),
      seen('The end of an access token is told as a date (expires_at), not in seconds: 30 days are assumed.', ANSWER),
      seen('The sandbox has a host of its own: connect.squareupsandbox.com.', HOSTS),
    ],
    notSupported: ['Revocation: Square wants the application secret in a header of its own (Client …).'],
  },
};
