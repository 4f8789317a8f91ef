import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const INSTALLING: Source = 'https://docs.slack.dev/authentication/installing-with-oauth';
const ACCESS: Source = 'https://docs.slack.dev/reference/methods/oauth.v2.access';
const ROTATION: Source = 'https://docs.slack.dev/authentication/using-token-rotation';
const ANSWER: Source =
  'https://github.com/slackapi/node-slack-sdk/blob/main/packages/web-api/src/types/response/OauthV2AccessResponse.ts';

export const slack: ProviderEntry = {
  ...UNKNOWN,
  name: 'slack',
  displayName: 'Slack',
  kind: 'oauth2',
  authorizationUrl: cited('https://slack.com/oauth/v2/authorize', INSTALLING),
  tokenUrl: seen('https://slack.com/api/oauth.v2.access', ACCESS),
  authStyle: seen('header', ACCESS),
  scopeSeparator: cited(',', INSTALLING),
  pkce: seen(true, ACCESS),
  rotation: seen('strict', ROTATION),
  accessTokenSeconds: seen(43_200, ROTATION),
  account: seen({ from: 'answer', url: null, idPath: 'team.id', labelPath: 'team.name' }, ANSWER),
  baseUrl: seen('https://slack.com/api', ACCESS),
  allowedHosts: seen(['slack.com'], ACCESS),
  scopes: [
    {
      ...seen('chat:write', 'https://docs.slack.dev/reference/scopes/chat.write'),
      byDefault: true,
      en: 'Post messages in channels and conversations that the app was added to',
      fr: 'Publier des messages dans les canaux et conversations où l’application a été ajoutée',
    },
    {
      ...seen('channels:read', 'https://api.slack.com/messaging/sending'),
      byDefault: true,
      en: 'List the public channels of the workspace',
      fr: 'Lister les canaux publics de l’espace de travail',
    },
    {
      ...seen('chat:write.public', 'https://docs.slack.dev/reference/scopes/chat:write.public'),
      byDefault: false,
      en: 'Post messages in public channels that the app is no member of',
      fr: 'Publier des messages dans les canaux publics dont l’application n’est pas membre',
    },
    {
      ...cited('users:read', 'https://docs.slack.dev/reference/scopes/users.read'),
      byDefault: false,
      en: 'See the people of the workspace',
      fr: 'Voir les membres de l’espace de travail',
    },
  ],
  guide: {
    console: cited('https://api.slack.com/apps', INSTALLING),
    steps: [
      cited('Create an app ("From scratch") in a workspace of yours.', INSTALLING),
      cited('In "OAuth & Permissions", under "Redirect URLs", add {redirectUri} and save.', INSTALLING),
      cited('There too, under "Bot Token Scopes", add the scopes below.', INSTALLING),
      cited('Copy the Client ID and the Client Secret from "Basic Information".', INSTALLING),
      cited(
        'In "Manage Distribution" activate public distribution, so that other workspaces can install it.',
        INSTALLING,
      ),
    ],
    traps: [
      seen(
        'Without token rotation access tokens never expire, and Slack gives no refresh token; with it they end after 12 hours and each refresh token works once.',
        ROTATION,
      ),
      cited('Token rotation cannot be switched off again.', ROTATION),
      cited('Redirect URLs must be https.', INSTALLING),
      seen(
        'One installation stands for a workspace, not for a person: tokens of persons are the service slack-user.',
        ANSWER,
      ),
    ],
    notSupported: [
      'Revocation: auth.revoke of Slack takes the access token, and says nothing about the refresh token.',
    ],
  },
};
