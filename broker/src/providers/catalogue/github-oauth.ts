import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const FLOW: Source =
  'https://github.com/github/docs/blob/main/content/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps.md';
const SCOPES: Source = 'https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps';
const EXPIRATION: Source =
  'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/token-expiration-and-revocation';
const CREATING: Source = 'https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/creating-an-oauth-app';

export const githubOauth: ProviderEntry = {
  ...UNKNOWN,
  name: 'github-oauth',
  displayName: 'GitHub (OAuth App)',
  kind: 'oauth2',
  authorizationUrl: cited('https://github.com/login/oauth/authorize', FLOW),
  tokenUrl: cited('https://github.com/login/oauth/access_token', FLOW),
  authStyle: seen('body', FLOW),
  scopeSeparator: seen(' ', FLOW),
  account: cited({ from: 'url', url: 'https://api.github.com/user', idPath: 'id', labelPath: 'login' }, FLOW),
  baseUrl: cited('https://api.github.com', FLOW),
  allowedHosts: cited(['api.github.com'], FLOW),
  scopes: [
    { ...cited('read:user', SCOPES), byDefault: true, en: 'Read your profile', fr: 'Lire votre profil' },
    {
      ...cited('repo', SCOPES),
      byDefault: false,
      en: 'Read and change your repositories, private ones too',
      fr: 'Lire et modifier vos dépôts, y compris privés',
    },
    { ...cited('gist', SCOPES), byDefault: false, en: 'Write gists', fr: 'Écrire des gists' },
  ],
  guide: {
    console: seen('https://github.com/settings/applications/new', FLOW),
    steps: [
      seen('Register an OAuth app on the page above.', FLOW),
      cited('Enter {redirectUri} as its authorization callback URL.', CREATING),
      cited('Copy the client ID, generate a client secret and copy it.', CREATING),
    ],
    traps: [
      seen(
        'GitHub advises to build a GitHub App instead (the service github here): finer permissions, tokens of short life.',
        FLOW,
      ),
      cited(
        'Tokens do not expire, and there is no refresh token; a token that was not used for a year is revoked.',
        EXPIRATION,
      ),
      seen('The answer names scopes parted by commas, the request parts them by spaces.', FLOW),
      seen('A member may sign in to another account meanwhile: the account is looked up after each consent.', FLOW),
    ],
    notSupported: ['Revocation at GitHub, which has a route of its own.'],
  },
};
