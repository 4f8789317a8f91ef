import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const AUTH: Source = 'https://developer.clickup.com/docs/authentication';
const HELP: Source = 'https://help.clickup.com/hc/it/articles/6303422883095-Create-your-own-app-with-the-ClickUp-API';
const TOKEN: Source = 'https://developer.clickup.com/reference/getaccesstoken';
const USER: Source = 'https://developer.clickup.com/reference/getauthorizeduser';

export const clickup: ProviderEntry = {
  ...UNKNOWN,
  name: 'clickup',
  displayName: 'ClickUp',
  kind: 'oauth2',
  authorizationUrl: cited('https://app.clickup.com/api', AUTH),
  tokenUrl: cited('https://api.clickup.com/api/v2/oauth/token', TOKEN),
  bodyFormat: cited('json', TOKEN),
  authStyle: cited('body', TOKEN),
  account: cited(
    { from: 'url', url: 'https://api.clickup.com/api/v2/user', idPath: 'user.id', labelPath: 'user.email' },
    USER,
  ),
  baseUrl: cited('https://api.clickup.com/api/v2', TOKEN),
  allowedHosts: cited(['api.clickup.com'], TOKEN),
  requestHeader: seen('Authorization', AUTH),
  guide: {
    console: null,
    steps: [
      seen('As owner or admin of a workspace open "Integrations", "ClickUp API".', HELP),
      seen('Enter the name of the app and {redirectUri} as its redirect URL, and choose "Create App".', HELP),
      seen('Copy the client ID and the client secret.', HELP),
    ],
    traps: [
      seen('Each person reaches only what they can reach themselves, in the workspaces that they authorize.', AUTH),
      cited('There are no scopes.', AUTH),
    ],
    notSupported: [],
  },
};
