import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const OAUTH: Source = 'https://confluence.atlassian.com/bitbucket/oauth-endpoint-300220600.html';
const CLIENT: Source = 'https://github.com/atlassian/atlascode/blob/main/src/atlclients/strategy.ts';
const CONSUMER: Source = 'https://confluence.atlassian.com/display/bitbucket/oauth+on+bitbucket+cloud';
const TEST: Source = 'https://github.com/atlassian/atlascode/blob/main/src/atlclients/strategy.test.ts';
const DOCS: Source = 'https://developer.atlassian.com/cloud/bitbucket/oauth-2/';

export const bitbucket: ProviderEntry = {
  ...UNKNOWN,
  name: 'bitbucket',
  displayName: 'Bitbucket Cloud',
  kind: 'oauth2',
  authorizationUrl: seen('https://bitbucket.org/site/oauth2/authorize', OAUTH),
  tokenUrl: seen('https://bitbucket.org/site/oauth2/access_token', OAUTH),
  authStyle: seen('header', CLIENT),
  scopeSeparator: cited(' ', DOCS),
  accessTokenSeconds: cited(7_200, DOCS),
  account: cited(
    { from: 'url', url: 'https://api.bitbucket.org/2.0/user', idPath: 'uuid', labelPath: 'display_name' },
    TEST,
  ),
  baseUrl: seen('https://api.bitbucket.org/2.0', TEST),
  allowedHosts: seen(['api.bitbucket.org'], TEST),
  scopes: [
    { ...cited('account', DOCS), byDefault: true, en: 'See your account', fr: 'Voir votre compte' },
    { ...cited('repository', DOCS), byDefault: false, en: 'See your repositories', fr: 'Voir vos dépôts' },
    {
      ...cited('pullrequest:write', DOCS),
      byDefault: false,
      en: 'Create, approve and merge pull requests',
      fr: 'Créer, approuver et fusionner des pull requests',
    },
  ],
  guide: {
    console: null,
    steps: [
      seen('In the settings of a workspace open "OAuth consumers" and choose "Add consumer".', CONSUMER),
      seen('Enter {redirectUri} as its callback URL.', CONSUMER),
      cited('Choose its permissions; copy the key (the client ID) and the secret.', CONSUMER),
    ],
    traps: [
      cited('This is not the OAuth of Jira and Confluence: it has consumers, hosts and scopes of its own.', DOCS),
      cited('The permissions of the consumer are the scopes of its tokens.', DOCS),
    ],
    notSupported: [],
  },
};
