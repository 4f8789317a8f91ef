import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const GENERATING: Source =
  'https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app';
const REFRESHING: Source =
  'https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens';
const OAUTH_APPS: Source = 'https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps';
const SCOPES: Source = 'https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps';
const REGISTERING: Source =
  'https://docs.github.com/en/apps/creating-github-apps/registering-a-github-app/registering-a-github-app';
const PKCE: Source = 'https://github.blog/changelog/2025-07-14-pkce-support-for-oauth-and-github-app-authentication';

export const github: ProviderEntry = {
  ...UNKNOWN,
  name: 'github',
  displayName: 'GitHub',
  kind: 'oauth2',
  authorizationUrl: seen('https://github.com/login/oauth/authorize', GENERATING),
  tokenUrl: seen('https://github.com/login/oauth/access_token', GENERATING),
  authStyle: seen('body', REFRESHING),
  scopeSeparator: seen(' ', OAUTH_APPS),
  pkce: seen(true, PKCE),
  rotation: seen('strict', REFRESHING),
  accessTokenSeconds: seen(28_800, REFRESHING),
  consentIdleSeconds: cited(15_897_600, REFRESHING),
  account: cited(
    { from: 'url', url: 'https://api.github.com/user', idPath: 'id', labelPath: 'login' },
    'https://docs.github.com/en/rest/users/users#get-the-authenticated-user',
  ),
  baseUrl: cited(
    'https://api.github.com',
    'https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api',
  ),
  allowedHosts: cited(
    ['api.github.com'],
    'https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api',
  ),
  scopes: [
    {
      ...cited('read:user', SCOPES),
      byDefault: false,
      en: 'Read your profile',
      fr: 'Lire votre profil',
    },
    {
      ...cited('repo', SCOPES),
      byDefault: false,
      en: 'Read and change your repositories, private ones too',
      fr: 'Lire et modifier vos dépôts, y compris privés',
    },
    {
      ...cited('gist', SCOPES),
      byDefault: false,
      en: 'Write gists',
      fr: 'Écrire des gists',
    },
  ],
  guide: {
    console: cited('https://github.com/settings/apps/new', REGISTERING),
    steps: [
      cited('Register a GitHub App; for an organization, in its own settings.', REGISTERING),
      seen('As "Callback URL" enter {redirectUri}; it must match exactly and carry no parameters.', GENERATING),
      seen('Leave the expiration of user access tokens on, so that refresh tokens are given.', REFRESHING),
      cited('Choose the permissions that the workflows need, and where it may be installed.', REGISTERING),
      seen('Copy the client ID (not the App ID), generate a client secret and copy it.', GENERATING),
    ],
    traps: [
      seen(
        'A refresh ends the refresh token and the access token before it: whoever still holds the old one gets 401 at once.',
        REFRESHING,
      ),
      seen('A GitHub App has permissions, no scopes: leave the scopes empty. Scopes are for OAuth Apps.', GENERATING),
      seen(
        'A token reaches only what both the user and the app can reach: the app must be installed where the repositories are.',
        GENERATING,
      ),
      seen('A refresh token that was not used for six months is dead.', REFRESHING),
      seen('If expiring tokens were switched on later, tokens given before do not expire.', REFRESHING),
    ],
    notSupported: [
      'Installation tokens of a GitHub App (signed with its private key): only tokens of users.',
      'Revocation at GitHub, which has a route of its own.',
    ],
  },
};
