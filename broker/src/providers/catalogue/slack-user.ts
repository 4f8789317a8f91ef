import { cited, seen, type ProviderEntry, type Source } from './entry';
import { slack } from './slack';

const INSTALLING: Source = 'https://docs.slack.dev/authentication/installing-with-oauth';
const ROTATION: Source = 'https://docs.slack.dev/authentication/using-token-rotation';
const ANSWER: Source =
  'https://github.com/slackapi/node-slack-sdk/blob/main/packages/web-api/src/types/response/OauthV2AccessResponse.ts';

/** The same endpoints, for what a person may do rather than a bot. */
export const slackUser: ProviderEntry = {
  ...slack,
  name: 'slack-user',
  displayName: 'Slack, as a person',
  paramNames: cited({ scope: 'user_scope' }, INSTALLING),
  answerPath: seen('authed_user', ANSWER),
  account: seen({ from: 'answer', url: null, idPath: 'authed_user.id', labelPath: 'team.name' }, ANSWER),
  scopes: [
    {
      ...cited('chat:write', 'https://docs.slack.dev/reference/scopes/chat.write'),
      byDefault: true,
      en: 'Post messages in your name',
      fr: 'Publier des messages en votre nom',
    },
    {
      ...cited('search:read', 'https://docs.slack.dev/reference/scopes/search.read'),
      byDefault: false,
      en: 'Search what you can see in the workspace',
      fr: 'Rechercher dans ce que vous pouvez voir de l’espace de travail',
    },
  ],
  guide: {
    console: slack.guide.console,
    steps: slack.guide.steps.map((step) =>
      step.value.includes('Bot Token Scopes')
        ? cited('There too, under "User Token Scopes", add the scopes below.', INSTALLING)
        : step,
    ),
    traps: [
      seen('The token is that of the person who consents, and does what that person may do.', ANSWER),
      seen('Without token rotation access tokens never expire; with it they end after 12 hours.', ROTATION),
    ],
    notSupported: [],
  },
};
