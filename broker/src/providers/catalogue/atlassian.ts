import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const CLIENT: Source = 'https://github.com/atlassian/atlascode/blob/main/src/atlclients/strategyData.ts';
const APPS: Source = 'https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/';

export const atlassian: ProviderEntry = {
  ...UNKNOWN,
  name: 'atlassian',
  displayName: 'Atlassian (Jira, Confluence)',
  kind: 'oauth2',
  authorizationUrl: seen('https://auth.atlassian.com/authorize', CLIENT),
  tokenUrl: seen('https://auth.atlassian.com/oauth/token', CLIENT),
  bodyFormat: cited('json', APPS),
  authorizationParams: seen({ audience: 'api.atlassian.com', prompt: 'consent' }, CLIENT),
  authStyle: cited('body', APPS),
  scopeSeparator: seen(' ', CLIENT),
  rotation: cited('grace', APPS),
  graceSeconds: cited(600, APPS),
  accessTokenSeconds: cited(3_600, APPS),
  consentIdleSeconds: cited(7_776_000, APPS),
  consentSeconds: cited(31_536_000, APPS),
  account: cited(
    { from: 'url', url: 'https://api.atlassian.com/me', idPath: 'account_id', labelPath: 'email' },
    CLIENT,
  ),
  baseUrl: seen('https://api.atlassian.com', CLIENT),
  allowedHosts: seen(['api.atlassian.com'], CLIENT),
  scopes: [
    {
      ...cited('read:me', APPS),
      byDefault: true,
      en: 'Know which Atlassian user you are',
      fr: 'Savoir quel utilisateur Atlassian vous êtes',
    },
    {
      ...seen('offline_access', CLIENT),
      byDefault: true,
      en: 'Keep this access while you are away',
      fr: 'Conserver cet accès en votre absence',
    },
    {
      ...seen('read:jira-work', CLIENT),
      byDefault: false,
      en: 'See your Jira projects and issues',
      fr: 'Voir vos projets et tickets Jira',
    },
    {
      ...seen('write:jira-work', CLIENT),
      byDefault: false,
      en: 'Create and change Jira issues',
      fr: 'Créer et modifier des tickets Jira',
    },
  ],
  guide: {
    console: cited('https://developer.atlassian.com/console/myapps/', APPS),
    steps: [
      seen('Create an OAuth 2.0 (3LO) app in the developer console.', APPS),
      cited('Add the APIs (Jira, Confluence, User identity) and their scopes to it.', APPS),
      cited('Under "Authorization" enter {redirectUri} as the callback URL.', APPS),
      cited('Under "Settings" copy the client ID and the secret.', APPS),
    ],
    traps: [
      cited(
        'A used refresh token works again within ten minutes; after that, using it ends all tokens of the consent.',
        APPS,
      ),
      cited('A consent ends after 90 days without a refresh, and after 365 days in any case.', APPS),
      cited('invalid_grant may come with HTTP status 403.', APPS),
      cited(
        'The sites of a consent are listed at https://api.atlassian.com/oauth/token/accessible-resources; requests carry the id of one (cloudId) in their path.',
        CLIENT,
      ),
    ],
    notSupported: [],
  },
};
