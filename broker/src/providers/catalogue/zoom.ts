import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const EXAMPLE: Source = 'https://github.com/zoom/zoom-oauth-sample-app/blob/master/index.js';
const OAUTH: Source = 'https://developers.zoom.us/docs/integrations/oauth/';
const SIGNAGE: Source = 'https://developers.zoom.us/docs/rooms/za/za-digi-sign-oauth/';

export const zoom: ProviderEntry = {
  ...UNKNOWN,
  name: 'zoom',
  displayName: 'Zoom',
  kind: 'oauth2',
  authorizationUrl: seen('https://zoom.us/oauth/authorize', EXAMPLE),
  tokenUrl: seen('https://zoom.us/oauth/token', EXAMPLE),
  revocationUrl: cited('https://zoom.us/oauth/revoke', OAUTH),
  authStyle: seen('header', EXAMPLE),
  rotation: cited('strict', OAUTH),
  accessTokenSeconds: cited(3_600, OAUTH),
  account: cited({ from: 'url', url: 'https://api.zoom.us/v2/users/me', idPath: 'id', labelPath: 'email' }, EXAMPLE),
  baseUrl: seen('https://api.zoom.us/v2', EXAMPLE),
  allowedHosts: seen(['api.zoom.us'], EXAMPLE),
  guide: {
    console: cited('https://marketplace.zoom.us/develop/create', OAUTH),
    steps: [
      cited('Create a General App in the App Marketplace, managed by users.', OAUTH),
      cited('Enter {redirectUri} as the OAuth redirect URL and add it to the allow list.', OAUTH),
      cited('Choose the scopes that the workflows need.', OAUTH),
      cited('Copy the client ID and the client secret.', OAUTH),
    ],
    traps: [
      cited('Scopes are chosen in the app: none are asked for here.', OAUTH),
      cited('Each refresh gives a new refresh token; the newest one has to be used.', OAUTH),
      seen('An authorization code lives for five minutes.', SIGNAGE),
    ],
    notSupported: ['Server-to-server apps: their grant type account_credentials is not sent.'],
  },
};
