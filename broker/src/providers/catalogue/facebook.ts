import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const MANUAL: Source = 'https://developers.facebook.com/documentation/facebook-login/guides/advanced/manual-flow';
const LONG_LIVED: Source =
  'https://developers.facebook.com/documentation/facebook-login/guides/access-tokens/get-long-lived';
const PERMISSIONS: Source = 'https://developers.facebook.com/docs/permissions';
const APPS: Source = 'https://developers.facebook.com/docs/development/create-an-app/';

export const facebook: ProviderEntry = {
  ...UNKNOWN,
  name: 'facebook',
  displayName: 'Facebook',
  kind: 'long_lived',
  authorizationUrl: cited('https://www.facebook.com/v25.0/dialog/oauth', MANUAL),
  tokenUrl: seen('https://graph.facebook.com/v25.0/oauth/access_token', LONG_LIVED),
  authStyle: cited('body', MANUAL),
  scopeSeparator: cited(',', MANUAL),
  renewal: seen('fb_exchange_token', LONG_LIVED),
  accessTokenSeconds: seen(5_183_944, LONG_LIVED),
  account: cited(
    { from: 'url', url: 'https://graph.facebook.com/v25.0/me', idPath: 'id', labelPath: 'name' },
    'https://developers.facebook.com/docs/graph-api/overview',
  ),
  baseUrl: seen('https://graph.facebook.com/v25.0', LONG_LIVED),
  allowedHosts: seen(['graph.facebook.com'], LONG_LIVED),
  scopes: [
    {
      ...cited('public_profile', PERMISSIONS),
      byDefault: true,
      en: 'See your name and your profile picture',
      fr: 'Voir votre nom et votre photo de profil',
    },
    {
      ...cited('pages_show_list', PERMISSIONS),
      byDefault: false,
      en: 'See the Pages that you manage',
      fr: 'Voir les Pages que vous gérez',
    },
    {
      ...cited('pages_manage_posts', PERMISSIONS),
      byDefault: false,
      en: 'Publish and change posts on your Pages',
      fr: 'Publier et modifier des publications sur vos Pages',
    },
  ],
  guide: {
    console: cited('https://developers.facebook.com/apps', APPS),
    steps: [
      cited('Create an app, and add "Facebook Login for Business" (or "Facebook Login") to it.', APPS),
      seen(
        'In its settings enter {redirectUri} under "Valid OAuth Redirect URIs".',
        'https://developers.facebook.com/documentation/instagram-platform/instagram-api-with-facebook-login/get-started',
      ),
      cited('In "App settings", "Basic", copy the App ID (the client ID) and the App Secret.', APPS),
      cited('Ask for the permissions that the workflows need in App Review, and set the app to live.', APPS),
    ],
    traps: [
      seen('There are no refresh tokens: a long-lived token lasts about 60 days and is then gone.', LONG_LIVED),
      seen('An expired token cannot be exchanged for another one: the client must connect again.', LONG_LIVED),
      seen(
        'Otobot exchanges the code with POST, as OAuth libraries in wide use do at Facebook; its own guide shows GET.',
        'https://github.com/ciaranj/node-oauth/blob/master/lib/oauth2.js',
      ),
      cited('Tokens of Pages are derived from the long-lived token of a user.', LONG_LIVED),
    ],
    notSupported: [],
  },
};
