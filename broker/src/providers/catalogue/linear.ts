import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const OAUTH: Source = 'https://linear.app/developers/oauth-2-0-authentication';
const CLIENT: Source = 'https://github.com/linear/linear/blob/master/packages/sdk/src/client.ts';

export const linear: ProviderEntry = {
  ...UNKNOWN,
  name: 'linear',
  displayName: 'Linear',
  kind: 'oauth2',
  authorizationUrl: seen('https://linear.app/oauth/authorize', OAUTH),
  tokenUrl: cited('https://api.linear.app/oauth/token', OAUTH),
  revocationUrl: cited('https://api.linear.app/oauth/revoke', OAUTH),
  scopeSeparator: seen(',', OAUTH),
  accessTokenSeconds: cited(86_400, OAUTH),
  baseUrl: seen('https://api.linear.app/graphql', CLIENT),
  allowedHosts: seen(['api.linear.app'], CLIENT),
  scopes: [
    {
      ...seen('read', OAUTH),
      byDefault: true,
      en: 'See your Linear workspace',
      fr: 'Voir votre espace de travail Linear',
    },
    {
      ...seen('write', OAUTH),
      byDefault: false,
      en: 'Change your Linear workspace',
      fr: 'Modifier votre espace de travail Linear',
    },
    { ...seen('issues:create', OAUTH), byDefault: false, en: 'Create issues', fr: 'Créer des tickets' },
    { ...seen('comments:create', OAUTH), byDefault: false, en: 'Comment on issues', fr: 'Commenter des tickets' },
  ],
  guide: {
    console: seen('https://linear.app/settings/api/applications/new', OAUTH),
    steps: [
      seen('Create an OAuth2 application, best in a workspace of its own: every admin there has access to it.', OAUTH),
      seen('Add {redirectUri} to its redirect callback URLs.', OAUTH),
      cited('Copy the client ID and the client secret.', OAUTH),
    ],
    traps: [
      seen('All applications have refresh tokens since 2026-04-01; older tokens lived for years.', OAUTH),
      seen('The scope admin should never be asked for unless it is absolutely needed.', OAUTH),
    ],
    notSupported: ['The account: Linear is asked by GraphQL with POST; account look-ups are GET requests.'],
  },
};
