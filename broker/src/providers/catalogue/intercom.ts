import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const SETUP: Source = 'https://developers.intercom.com/building-apps/docs/setting-up-oauth';
const SPEC: Source = 'https://github.com/intercom/Intercom-OpenAPI/blob/main/descriptions/2.14/api.intercom.io.yaml';

export const intercom: ProviderEntry = {
  ...UNKNOWN,
  name: 'intercom',
  displayName: 'Intercom',
  kind: 'oauth2',
  authorizationUrl: cited('https://app.intercom.com/oauth', SETUP),
  tokenUrl: cited('https://api.intercom.io/auth/eagle/token', SETUP),
  authStyle: cited('body', SETUP),
  account: seen({ from: 'url', url: 'https://api.intercom.io/me', idPath: 'id', labelPath: 'email' }, SPEC),
  baseUrl: seen('https://api.intercom.io', SPEC),
  allowedHosts: seen(['api.intercom.io', 'api.eu.intercom.io', 'api.au.intercom.io'], SPEC),
  guide: {
    console: null,
    steps: [
      seen('In the Developer Hub, on the page "Authentication" of the app, tick "Use OAuth".', SETUP),
      seen('Add {redirectUri} to the redirect URLs; it must be https.', SETUP),
      cited('Choose the permissions there: they are not asked for in the request.', SETUP),
      cited('Copy the client ID and the client secret from "Basic information".', SETUP),
    ],
    traps: [
      seen('Workspaces in Europe and Australia live at api.eu.intercom.io and api.au.intercom.io.', SPEC),
      seen('The first redirect URL is the default.', SETUP),
    ],
    notSupported: [
      'The region of each workspace: it is not looked up; the base URL set here is the one of the United States.',
    ],
  },
};
