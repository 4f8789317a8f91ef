import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const SERVER: Source = 'https://github.com/reddit-archive/reddit/blob/master/r2/r2/controllers/oauth2.py';
const TOKENS: Source = 'https://github.com/reddit-archive/reddit/blob/master/r2/r2/models/token.py';
const WIKI: Source = 'https://github.com/reddit-archive/reddit/wiki/OAuth2';
const API: Source = 'https://www.reddit.com/dev/api/oauth';

export const reddit: ProviderEntry = {
  ...UNKNOWN,
  name: 'reddit',
  displayName: 'Reddit',
  kind: 'oauth2',
  authorizationUrl: cited('https://www.reddit.com/api/v1/authorize', WIKI),
  tokenUrl: cited('https://www.reddit.com/api/v1/access_token', WIKI),
  revocationUrl: cited('https://www.reddit.com/api/v1/revoke_token', WIKI),
  authorizationParams: seen({ duration: 'permanent' }, SERVER),
  authStyle: seen('header', SERVER),
  scopeSeparator: cited(' ', WIKI),
  accessTokenSeconds: seen(3_600, TOKENS),
  account: cited({ from: 'url', url: 'https://oauth.reddit.com/api/v1/me', idPath: 'id', labelPath: 'name' }, API),
  baseUrl: cited('https://oauth.reddit.com', WIKI),
  allowedHosts: cited(['oauth.reddit.com'], WIKI),
  scopes: [
    {
      ...cited('identity', API),
      byDefault: true,
      en: 'Know which Reddit user you are',
      fr: 'Savoir quel utilisateur Reddit vous êtes',
    },
    {
      ...cited('read', API),
      byDefault: false,
      en: 'Read posts and comments through your account',
      fr: 'Lire publications et commentaires avec votre compte',
    },
    {
      ...cited('submit', API),
      byDefault: false,
      en: 'Post and comment in your name',
      fr: 'Publier et commenter en votre nom',
    },
  ],
  guide: {
    console: cited('https://www.reddit.com/prefs/apps', SERVER),
    steps: [
      cited('Create an app of the type "web app".', WIKI),
      seen('Enter {redirectUri} as its redirect URI; it must match exactly.', SERVER),
      cited('Copy the client ID, which stands under the name, and the secret.', WIKI),
    ],
    traps: [
      seen('Without duration=permanent there is no refresh token: it is set here.', SERVER),
      cited('Reddit refuses requests with a common User-Agent: set one of your own in n8n.', WIKI),
      seen('What was read here is the code that Reddit published until 2017: the service may have moved on.', SERVER),
    ],
    notSupported: [],
  },
};
