import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const GUIDE: Source = 'https://developer.calendly.com/how-to-access-calendly-data-on-behalf-of-authenticated-users';
const ROTATION: Source = 'https://developer.calendly.com/refresh-token-rotation-guide';
const REVOKE: Source = 'https://developer.calendly.com/api-docs/calendly-o-auth/o-auth/post-oauth-revoke';
const EXAMPLE: Source = 'https://github.com/calendly/buzzwordcrm/blob/master/services/calendlyService.js';
const ENV: Source = 'https://github.com/calendly/buzzwordcrm/blob/master/.env.example';

export const calendly: ProviderEntry = {
  ...UNKNOWN,
  name: 'calendly',
  displayName: 'Calendly',
  kind: 'oauth2',
  authorizationUrl: seen('https://auth.calendly.com/oauth/authorize', GUIDE),
  tokenUrl: seen('https://auth.calendly.com/oauth/token', ENV),
  revocationUrl: seen('https://auth.calendly.com/oauth/revoke', REVOKE),
  authStyle: cited('body', REVOKE),
  rotation: seen('strict', ROTATION),
  accessTokenSeconds: seen(7_200, GUIDE),
  account: cited(
    { from: 'url', url: 'https://api.calendly.com/users/me', idPath: 'resource.uri', labelPath: 'resource.email' },
    EXAMPLE,
  ),
  baseUrl: seen('https://api.calendly.com', ENV),
  allowedHosts: seen(['api.calendly.com'], ENV),
  guide: {
    console: null,
    steps: [
      seen('Create a Calendly developer account.', GUIDE),
      cited('Create an OAuth application there with {redirectUri} as its redirect URI.', GUIDE),
      cited('Copy the client ID and the client secret.', GUIDE),
    ],
    traps: [
      seen('Each refresh token works once: it is revoked as soon as its successor was given.', ROTATION),
      seen('Refresh tokens do not expire until they are used.', GUIDE),
      seen('An authorization code lives for ten minutes.', GUIDE),
      cited('Newer apps have to ask for scopes: choose them when you make the service.', GUIDE),
    ],
    notSupported: [],
  },
};
