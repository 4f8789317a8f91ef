import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const EXAMPLE: Source =
  'https://github.com/spotify/web-api-examples/blob/master/authorization/authorization_code/app.js';
const EXPIRATION: Source = 'https://developer.spotify.com/blog/2026-06-18-refresh-token-expiration';
const REFRESHING: Source = 'https://developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens';
const APPS: Source = 'https://developer.spotify.com/documentation/web-api/concepts/apps';

export const spotify: ProviderEntry = {
  ...UNKNOWN,
  name: 'spotify',
  displayName: 'Spotify',
  kind: 'oauth2',
  authorizationUrl: seen('https://accounts.spotify.com/authorize', EXAMPLE),
  tokenUrl: seen('https://accounts.spotify.com/api/token', EXAMPLE),
  authStyle: seen('header', EXAMPLE),
  scopeSeparator: seen(' ', EXAMPLE),
  rotation: cited('none', REFRESHING),
  accessTokenSeconds: cited(3_600, REFRESHING),
  // "6 months", of the shortest months.
  consentSeconds: seen(15_552_000, EXPIRATION),
  account: cited(
    { from: 'url', url: 'https://api.spotify.com/v1/me', idPath: 'id', labelPath: 'display_name' },
    EXAMPLE,
  ),
  baseUrl: seen('https://api.spotify.com/v1', EXAMPLE),
  allowedHosts: seen(['api.spotify.com'], EXAMPLE),
  scopes: [
    {
      ...seen('user-read-private', EXAMPLE),
      byDefault: true,
      en: 'See your Spotify account',
      fr: 'Voir votre compte Spotify',
    },
    {
      ...seen('user-read-email', EXAMPLE),
      byDefault: false,
      en: 'See the e-mail address of your account',
      fr: 'Voir l’adresse e-mail de votre compte',
    },
  ],
  guide: {
    console: cited('https://developer.spotify.com/dashboard', APPS),
    steps: [
      cited('Create an app in the dashboard and add {redirectUri} to its redirect URIs.', APPS),
      cited('Copy the client ID and the client secret.', APPS),
    ],
    traps: [
      seen(
        'A refresh token ends six months after the consent, and refreshing does not extend it: then the client consents again.',
        EXPIRATION,
      ),
      seen('An expired refresh token is answered with invalid_grant.', EXPIRATION),
      cited('A refresh may answer without a refresh token: the one before stays valid.', REFRESHING),
    ],
    notSupported: [],
  },
};
